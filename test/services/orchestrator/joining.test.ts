// Is a machine told that it has joined only when that is on the disk, and does a crash in between leave the door open?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreFailure } from '../../../services/orchestrator/store/index.ts';
import { heldConductor, worker } from './support/held-conductor.ts';
import { someInvite } from './support/rows.ts';

const invite = { ...someInvite, expiresAt: 1_000_000_000 };
const join = (tokenHash: string) =>
  ({ type: 'join', inviteId: invite.id, worker: { ...worker, id: `w_${tokenHash}`, tokenHash } }) as const;

/** What a promise came to by now, or that it still waits. */
const soFar = <Value>(promise: Promise<Value>): Promise<Value | 'waits'> =>
  Promise.race([promise, new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')))]);

test('an exchange is answered after its commit, and so is the same machine that asks again meanwhile', {
  timeout: 10_000,
}, async (t) => {
  const { conductor, nextCommit } = await heldConductor(t, [invite]);
  const [first, same] = [conductor.run(join('h1')), conductor.run(join('h1'))];
  const other = conductor.run(join('h2'));
  const commit = await nextCommit();
  assert.deepEqual(
    commit.changes.map((change) => change.table),
    ['workers', 'invites', 'audit', 'audit'],
    'one commit for the worker and the invite',
  );
  assert.deepEqual([await soFar(first), await soFar(same)], ['waits', 'waits']);
  commit.finish();
  for (let more = 0; more < 2; more++) (await nextCommit()).finish();
  const refused = await other;
  assert.equal(!refused.ok && refused.code, 'invite_used');
  assert.deepEqual(
    (await Promise.all([first, same])).map((reply) => reply.ok && 'type' in reply && reply.type),
    ['joined', 'joined'],
  );
});

test('an exchange whose commit fails is taken back: the invite opens the door once more', {
  timeout: 10_000,
}, async (t) => {
  const { conductor, nextCommit, release, wakeup } = await heldConductor(t, [invite]);
  const joined = conductor.run(join('h1'));
  const failure = new StoreFailure('full', 'the disk under the store is full');
  (await nextCommit()).fail(failure);
  await assert.rejects(joined, failure);
  const probe = await nextCommit();
  assert.deepEqual([conductor.state().invites.get(invite.id), conductor.state().workers.size], [invite, 1]);
  const recovered = wakeup();
  release();
  probe.finish();
  await recovered;
  const reply = await conductor.run(join('h2'));
  assert.equal(reply.ok && 'type' in reply && reply.type, 'joined');
});
