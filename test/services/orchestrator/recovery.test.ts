// What holds after a commit has failed, and when is the store given up?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreFailure } from '../../../services/orchestrator/store/index.ts';
import { facts, heldConductor, submit, worker } from './support/held-conductor.ts';

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

test('a worker whose row was rolled back leaves no session that would count as silent', async (t) => {
  const { conductor, nextCommit } = await heldConductor(t);
  const another = { ...worker, id: 'w_2', name: 'worker-02' };
  const created = conductor.run({ type: 'create_worker', worker: another });
  const registered = conductor.run({ type: 'register', workerId: 'w_2', session: 's2', facts, claims: [] });
  const full = new StoreFailure('full', 'the disk under the store is full');
  (await nextCommit()).fail(full);
  (await nextCommit()).fail(full);
  await assert.rejects(Promise.all([created, registered]), full);
  await nextCommit();
  assert.deepEqual([...conductor.state().sessions.keys()], ['w_1']);
  assert.notEqual(conductor.state().lastTick, null, 'the next tick sees how long nothing could be written');
});

for (const kind of ['ended', 'untrusted'] as const)
  test(`a store that is ${kind} when it is opened again is given up, not tried for ever`, async (t) => {
    const { conductor, failLoads, lost, nextCommit, wakeup } = await heldConductor(t);
    const gone = new StoreFailure(kind, 'no way back');
    failLoads(gone);
    const submitted = conductor.run(submit);
    (await nextCommit()).fail(gone);
    await assert.rejects(submitted, gone);
    if (lost.length === 0) await wakeup();
    assert.deepEqual(lost, [gone]);
  });
