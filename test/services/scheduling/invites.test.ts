// Does an invite open the door once, in time, and for one machine only?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Invite, Reply, Worker } from '../../../services/scheduling/index.ts';
import { Story } from '../../support/story.ts';

const dayMs = 86_400_000;

const inviteOf = (story: Story, more: Partial<Invite> = {}): Invite => ({
  ...{ id: 'i_1', tokenHash: 'aa', class: 'gpu', name: null, authority: null, end: null },
  ...{ createdAt: story.now.wall, expiresAt: story.now.wall + 3_600_000 },
  ...more,
});

const machine = (tokenHash: string): Worker => ({
  ...{ id: `w_${tokenHash}`, name: '', class: null, kind: 'muster', tokenHash, instance: null, createdAt: 0 },
  ...{ adminLabels: {}, reportedLabels: {}, draining: false, capacity: null, isolation: null, version: null },
});

const invited = (more: Partial<Invite> = {}): Story => {
  const story = new Story();
  story.run({ type: 'create_invite', invite: inviteOf(story, more) });
  return story;
};

const join = (story: Story, tokenHash: string): Reply =>
  story.run({ type: 'join', inviteId: 'i_1', worker: machine(tokenHash) }).reply;

/** `joined NAME`, or the code of the refusal. */
const told = (reply: Reply): string =>
  !reply.ok ? reply.code : 'type' in reply && reply.type === 'joined' ? `joined ${reply.worker.name}` : 'done';

test('a machine joins once; asking again with the same token gives the same worker, with another one a refusal', () => {
  const story = invited();
  assert.deepEqual([join(story, 'h1'), join(story, 'h1'), join(story, 'h2')].map(told), [
    'joined gpu',
    'joined gpu',
    'invite_used',
  ]);
  const { name, class: className, inviteId, tokenHash } = story.state.workers.get('w_h1') as Worker;
  assert.deepEqual(
    [[...story.state.workers.keys()], { name, className, inviteId, tokenHash }],
    [['w_h1'], { name: 'gpu', className: 'gpu', inviteId: 'i_1', tokenHash: 'h1' }],
  );
  assert.deepEqual(
    story.audit.map((change) => change.table === 'audit' && `${change.row.action} ${change.row.target}`).slice(-4),
    ['invite.created i_1', 'invite.used i_1', 'worker.created w_h1', 'refused i_1'],
  );
});

test('an invite opens nothing from the moment that it expires, but its machine is still answered the same', () => {
  const story = invited({ id: 'i_1' });
  story.mono += 3_599_999;
  assert.equal(told(join(story, 'h1')), 'joined gpu');
  story.mono += dayMs;
  assert.equal(told(join(story, 'h1')), 'joined gpu');
  const late = invited();
  late.mono += 3_600_000;
  assert.equal(told(join(late, 'h1')), 'invite_expired');
  assert.equal(late.state.workers.size, 0);
});

test('a revoked invite opens nothing, a used one cannot be revoked, an unknown one is said to be so', () => {
  const story = invited();
  const revoke = (inviteId: string) => told(story.run({ type: 'revoke_invite', inviteId }).reply);
  assert.deepEqual([revoke('i_1'), revoke('i_1'), revoke('i_2')], ['done', 'done', 'unknown_invite']);
  assert.equal(told(join(story, 'h1')), 'invite_revoked');
  const used = invited();
  join(used, 'h1');
  assert.equal(told(used.run({ type: 'revoke_invite', inviteId: 'i_1' }).reply), 'already_ended');
});

test('a machine whose worker was removed is not let in again', () => {
  const story = invited();
  join(story, 'h1');
  story.run({ type: 'remove_worker', workerId: 'w_h1', force: false });
  assert.equal(told(join(story, 'h1')), 'invite_used');
});

test('a worker gets the name of its invite, or the next one that is free', () => {
  const named = invited({ name: 'node7' });
  assert.equal(told(join(named, 'h1')), 'joined node7');
  named.run({ type: 'create_invite', invite: inviteOf(named, { name: 'node7' }) });
  assert.equal(told(join(named, 'h2')), 'joined node7-2');
});

test('an invite that is over is forgotten a month after its end, at the next one', () => {
  const story = invited();
  const createAnother = (id: string) =>
    story.run({ type: 'create_invite', invite: inviteOf(story, { id, tokenHash: id }) });
  story.mono += 3_600_000 + 30 * dayMs;
  createAnother('i_2');
  assert.deepEqual([...story.state.invites.keys()], ['i_1', 'i_2']);
  story.mono += 1;
  createAnother('i_3');
  assert.deepEqual([...story.state.invites.keys()], ['i_2', 'i_3']);
});
