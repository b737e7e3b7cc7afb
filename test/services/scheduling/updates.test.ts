// How does an update of agents go, and what stops it?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { mostAtOnce } from '../../../services/scheduling/index.ts';
import { Fleet, release } from '../../support/fleet.ts';

test('one of five at once, and never none', () => {
  const most = (count: number) => mostAtOnce({ ...new Fleet(count).wish(), phase: 'rolling' });
  deepStrictEqual([1, 4, 5, 9, 10, 23].map(most), [1, 1, 1, 1, 2, 4]);
});

test('the canary is watched before others follow, and all of them come to their end', () => {
  const fleet = new Fleet(10);
  fleet.begin();
  deepStrictEqual(fleet.inState('switching'), ['w00']);
  fleet.renew('w00');
  fleet.pass(1);
  deepStrictEqual([fleet.inState('proving'), fleet.inState('switching')], [['w00'], []]);
  fleet.pass(30);
  deepStrictEqual([fleet.inState('done'), fleet.inState('switching')], [['w00'], ['w01', 'w02']]);
  for (let round = 0; round < 200 && fleet.phase !== 'done'; round++) {
    for (const name of fleet.inState('switching')) fleet.renew(name);
    fleet.pass(1);
  }
  strictEqual(fleet.inState('done').length, 10);
});

test('each class has its canary, and a class without a renewed one waits for it', () => {
  const fleet = new Fleet(12, (index) => (index < 6 ? 'cpu' : 'gpu'));
  fleet.begin();
  deepStrictEqual(fleet.inState('switching'), ['w00', 'w06']);
  fleet.renew('w00');
  fleet.pass(32);
  // The other class is not proven yet.
  deepStrictEqual([fleet.phase, fleet.inState('switching')], ['canary', ['w06']]);
  fleet.renew('w06');
  fleet.pass(32);
  deepStrictEqual([fleet.phase, fleet.inState('switching')], ['rolling', ['w01', 'w02']]);
});

test('a worker that has a job ends it first, gets no other, and an idle one is taken before', () => {
  const fleet = new Fleet(2);
  fleet.story.submit('j0', { cpus: 4 });
  const busy = fleet.holderOf('j0');
  fleet.story.accept('j0');
  const idle = busy === 'w00' ? 'w01' : 'w00';
  fleet.begin();
  deepStrictEqual(fleet.inState('switching'), [idle]);
  fleet.renew(idle);
  fleet.pass(32);
  deepStrictEqual(fleet.inState('emptying'), [busy]);
  fleet.story.submit('j1', { cpus: 1 });
  strictEqual(fleet.holderOf('j1'), idle);
  fleet.story.end('j0', 'succeeded', fleet.story.lease('j0'), busy, 1);
  fleet.pass(1);
  deepStrictEqual(fleet.inState('switching'), [busy]);
});

test('one that says why it failed halts the update, and nobody else begins', () => {
  const fleet = new Fleet(5);
  fleet.begin();
  fleet.fail('w00', 'the release is not signed');
  fleet.pass(300);
  strictEqual(fleet.phase, 'halted');
  strictEqual(fleet.rollout.why, 'w00: the release is not signed');
  deepStrictEqual(fleet.inState('skipped'), ['w01', 'w02', 'w03', 'w04']);
});

test('one that does not come back halts it after the deadline and a while', () => {
  const fleet = new Fleet(2);
  fleet.begin();
  fleet.leave('w00');
  fleet.pass(119);
  strictEqual(fleet.phase, 'canary');
  fleet.pass(3);
  deepStrictEqual([fleet.phase, fleet.rollout.why], ['halted', 'w00: it did not come back within 120 s']);
});

test('one that comes back as it was before, after it had been the new one, halts it', () => {
  const fleet = new Fleet(2);
  fleet.begin();
  fleet.renew('w00');
  fleet.pass(5);
  fleet.comeBack('w00', 'a'.repeat(12));
  fleet.pass(1);
  deepStrictEqual([fleet.phase, fleet.rollout.why], ['halted', 'w00: it came back with the release before']);
});

test('a break while it is watched makes the watch begin anew', () => {
  const fleet = new Fleet(1);
  fleet.begin();
  fleet.renew('w00');
  fleet.pass(29);
  fleet.leave('w00');
  fleet.pass(2);
  fleet.renew('w00');
  fleet.pass(29);
  deepStrictEqual(fleet.inState('proving'), ['w00']);
  fleet.pass(3);
  deepStrictEqual([fleet.phase, fleet.inState('done')], ['done', ['w00']]);
});

test('who is away is left for later, and follows when it returns', () => {
  const fleet = new Fleet(3);
  fleet.leave('w02');
  fleet.begin();
  for (const name of ['w00', 'w01']) {
    fleet.renew(name);
    fleet.pass(32);
  }
  deepStrictEqual([fleet.phase, fleet.inState('waiting')], ['done', ['w02']]);
  fleet.comeBack('w02', 'a'.repeat(12));
  fleet.pass(1);
  deepStrictEqual([fleet.phase, fleet.inState('switching')], ['rolling', ['w02']]);
});

test('the orchestrator starts anew in the middle, and gives everybody the whole time again', () => {
  const fleet = new Fleet(2);
  fleet.begin();
  fleet.leave('w00');
  fleet.pass(100);
  fleet.restart();
  fleet.pass(100);
  strictEqual(fleet.phase, 'canary');
  fleet.renew('w00');
  fleet.pass(32);
  deepStrictEqual([fleet.phase, fleet.inState('done')], ['rolling', ['w00']]);
});

test('a second update waits for the end of the first, or for its abort', () => {
  const fleet = new Fleet(2);
  fleet.begin();
  const again = { type: 'start_update', rollout: fleet.wish() } as const;
  deepStrictEqual(fleet.story.run(again).reply, {
    ok: false,
    code: 'update_running',
    message: 'another update is under way: wait for its end, or abort it',
  });
  fleet.story.run({ type: 'abort_update' });
  deepStrictEqual([fleet.phase, fleet.inState('skipped'), fleet.inState('switching')], ['halted', ['w01'], ['w00']]);
  strictEqual(fleet.story.run(again).reply.ok, true);
});

test('a worker whose program was no part of it, or is the same already, is left in peace', () => {
  const fleet = new Fleet(3);
  fleet.comeBack('w00', release.id);
  fleet.refuse('w01', 'images are renewed by the deploy');
  fleet.begin();
  fleet.renew('w02');
  fleet.pass(32);
  deepStrictEqual([fleet.phase, fleet.inState('done'), fleet.inState('skipped')], ['done', ['w00', 'w02'], ['w01']]);
});
