// Does nothing leave before it is durable, and nothing wait that need not?

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldConductor, submit } from './support/held-conductor.ts';

test('an offer leaves only after its row is durable', async (t) => {
  const { conductor, effects, nextCommit } = await heldConductor(t);
  const submitted = conductor.run(submit);
  (await nextCommit()).finish();
  assert.deepEqual(await submitted, { ok: true });
  const offer = await nextCommit();
  assert.deepEqual([conductor.state().jobs.get('j1')?.state, effects.length], ['offered', 0]);
  offer.finish();
  await new Promise(setImmediate);
  assert.deepEqual(
    effects.map((effect) => effect.type),
    ['offer'],
  );
});

test('a submit is answered after its commit, a heartbeat meanwhile', async (t) => {
  const { conductor, nextCommit } = await heldConductor(t);
  let isAnswered = false;
  const submitted = conductor.run(submit).then(() => (isAnswered = true));
  const commit = await nextCommit();
  const beat = await conductor.run({ type: 'heartbeat', workerId: 'w_1', session: 's1', leases: [] });
  assert.deepEqual([beat.ok, isAnswered], [true, false]);
  commit.finish();
  await submitted;
});

test('a repeated report waits for the commit of the first', async (t) => {
  const { conductor, nextCommit } = await heldConductor(t);
  const finishNext = async () => (await nextCommit()).finish();
  void conductor.run(submit);
  await finishNext();
  await finishNext();
  const fence = conductor.state().jobs.get('j1')?.attempts[0]?.fence ?? { epoch: 0, counter: 0 };
  const lease = { jobId: 'j1', fence };
  const accepted = conductor.run({ type: 'accept', workerId: 'w_1', session: 's1', lease });
  await finishNext();
  await accepted;
  const ended = { cause: 'succeeded' as const, exitCode: 0, detail: null, outputs: [] };
  const report = { type: 'report', workerId: 'w_1', session: 's1', lease, seq: 1, ended } as const;
  const first = conductor.run(report);
  const commit = await nextCommit();
  let isAnswered = false;
  const second = conductor.run(report).then(() => (isAnswered = true));
  const wait = await nextCommit();
  await new Promise(setImmediate);
  assert.deepEqual([wait.changes, isAnswered], [[], false]);
  commit.finish();
  wait.finish();
  await Promise.all([first, second]);
});
