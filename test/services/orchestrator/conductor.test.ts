// Does nothing leave before it is durable, and nothing wait that need not?

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Conductor, startConductor } from '../../../services/orchestrator/conductor.ts';
import { type DurableChange, type Store, StoreFailure } from '../../../services/orchestrator/store/index.ts';
import { JobSpec } from '../../../services/protocol/index.ts';
import type { Effect } from '../../../services/scheduling/index.ts';
import { afterTest } from './support/cleanup.ts';
import { someWorker } from './support/rows.ts';

const spec = JobSpec.parse({ command: ['true'] });
const worker = { ...someWorker, capacity: { cpus: 1, memoryMiB: 100, diskMiB: 100, gpus: [] } };
const { kind, instance, reportedLabels, capacity, isolation, version } = worker;
const facts = { kind, instance, reportedLabels, capacity, isolation, version };
const times = {
  ...{ heartbeatMs: 1000, ttlMs: 10_000, graceMs: 1000, marginMs: 1000, acceptMs: 5000 },
  ...{ backoffBaseMs: 10, backoffMaxMs: 100 },
};

type Held = { changes: readonly DurableChange[]; finish: () => void; fail: (error: Error) => void };

/** A conductor on a store whose commits are finished by hand, with one connected worker. */
const heldConductor = async (t: TestContext) => {
  const held: Held[] = [];
  const effects: Effect[] = [];
  let isHeld = false;
  let wake = () => {};
  const store: Store = {
    load: async () => ({ meta: null, jobs: [], workers: [worker] }),
    apply: (changes) =>
      isHeld
        ? new Promise((finish, fail) => {
            held.push({ changes, finish, fail });
            wake();
          })
        : Promise.resolve(),
    close: async () => {},
  };
  const conductor: Conductor = await startConductor({
    store,
    times,
    now: () => ({ mono: performance.now(), wall: 0, random: 0 }),
    tickMs: 3_600_000,
    perform: (effect) => effects.push(effect),
    changed: () => {},
    noted: () => {},
    troubled: () => wake(),
  });
  afterTest(t, conductor.stop);
  await conductor.run({ type: 'register', workerId: 'w_1', session: 's1', facts, claims: [] });
  await conductor.run({ type: 'stream', workerId: 'w_1', session: 's1', open: true });
  isHeld = true;
  const nextCommit = async (): Promise<Held> => {
    if (held.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return held.shift() as Held;
  };
  const release = () => {
    isHeld = false;
    for (const each of held.splice(0)) each.finish();
  };
  return { conductor, effects, nextCommit, release, wakeup: () => new Promise<void>((resolve) => (wake = resolve)) };
};

const submit = { type: 'submit', jobs: [{ id: 'j1', spec, idempotencyKey: null }] } as const;

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

test('after a failed commit memory is what the disk holds, writes are refused, reads and heartbeats go on', async (t) => {
  const { conductor, nextCommit, release, wakeup } = await heldConductor(t);
  const submitted = conductor.run(submit);
  const full = new StoreFailure('full', 'the disk under the store is full');
  (await nextCommit()).fail(full);
  await assert.rejects(submitted, full);
  const probe = await nextCommit();
  assert.deepEqual([conductor.trouble(), conductor.state().jobs.size], [full, 0]);
  await assert.rejects(conductor.run(submit), full);
  const beat = await conductor.run({ type: 'heartbeat', workerId: 'w_1', session: 's1', leases: [] });
  assert.equal(beat.ok, true);
  const recovered = wakeup();
  release();
  probe.finish();
  await recovered;
  assert.deepEqual([conductor.trouble(), (await conductor.run(submit)).ok], [null, true]);
});
