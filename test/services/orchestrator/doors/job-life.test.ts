// Does a job go from submit to its end over real HTTP, through crashes of either side?

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterTest } from '../support/cleanup.ts';
import { startOrchestrator } from '../support/orchestrator.ts';
import { connectAgent, registerAgent, takeJob } from '../support/scripted-agent.ts';

const submit = { command: ['echo', 'hello'], name: 'greeting' };

test('a job is offered by the stream, accepted, renewed, reported and shown as succeeded', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  const created = await bench.admin.post('/api/v1/jobs', submit);
  assert.equal(created.status, 201);
  const lease = await takeJob(agent);
  assert.equal(lease.job, created.json.id);
  const beat = await agent.heartbeat([{ ...lease, progress: { step: 3 } } as typeof lease]);
  assert.deepEqual(beat.json, { renewed: [lease], abandon: [], cancel: [], ttlMs: 60_000, draining: false });
  const running = await bench.admin.get(`/api/v1/jobs/${lease.job}`);
  assert.deepEqual(
    [running.json.state, running.json.worker, running.json.progress],
    ['running', 'worker-01', { step: 3 }],
  );
  assert.equal((await agent.report(lease, {})).status, 200);
  const ended = await bench.admin.get(`/api/v1/jobs/${lease.job.slice(0, 8)}`);
  assert.deepEqual([ended.json.state, ended.json.exitCode, ended.json.cause], ['succeeded', 0, 'succeeded']);
  assert.equal((await agent.report(lease, {})).status, 200, 'the same report again is answered the same');
  const other = await agent.report(lease, { seq: 2, cause: 'exit', exitCode: 1 });
  assert.deepEqual([other.status, other.json.error.code], [409, 'stale_lease']);
});

test('a cancel reaches the worker by its stream and, when that was lost, by its next heartbeat', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  await bench.admin.post('/api/v1/jobs', submit);
  const lease = await takeJob(agent);
  const cancelled = await bench.admin.post(`/api/v1/jobs/${lease.job}/cancel`);
  assert.deepEqual([cancelled.json.state, cancelled.json.cancelling], ['running', true]);
  assert.deepEqual((await agent.events.next('cancel')).data, lease);
  assert.deepEqual((await agent.heartbeat([lease])).json.cancel, [lease]);
  await agent.report(lease, { cause: 'cancelled', exitCode: null });
  const shown = await bench.admin.get(`/api/v1/jobs/${lease.job}`);
  assert.equal(shown.json.state, 'cancelled');
});

test('an offer and a cancel that were missed come again when the stream opens', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  await bench.admin.post('/api/v1/jobs', submit);
  const offer = (await agent.events.next('offer')).data;
  const again = await agent.open();
  afterTest(t, () => again.close());
  assert.deepEqual((await again.next('offer')).data, offer);
  assert.equal(await agent.events.ended, 'reset', 'the first stream of the session was replaced');
  const lease = { job: String(offer.job), fence: String(offer.fence) };
  await agent.accept(lease);
  await bench.admin.post(`/api/v1/jobs/${lease.job}/cancel`);
  const third = await agent.open();
  afterTest(t, () => third.close());
  assert.deepEqual((await third.next('cancel')).data, lease);
});

test('the late end of a replaced stream leaves the worker connected', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  const second = await agent.open();
  afterTest(t, () => second.close());
  await agent.events.ended;
  const { json } = await bench.admin.get('/api/v1/workers/worker-01');
  assert.equal(json.state, 'idle');
  await bench.admin.post('/api/v1/jobs', submit);
  assert.equal((await second.next('offer')).event, 'offer');
});

test('a running job goes on across a restart when its agent claims it', async (t) => {
  const first = await startOrchestrator(t);
  const agent = await connectAgent(t, first);
  await first.admin.post('/api/v1/jobs', submit);
  const lease = await takeJob(agent);
  const second = await first.restart();
  assert.equal(await agent.events.ended, 'reset');
  const back = await registerAgent(second, agent.token, { claims: [lease], session: agent.session });
  assert.deepEqual([back.registered.json.resume, back.registered.json.abandon], [[lease], []]);
  assert.equal((await back.report(lease, { cause: 'exit', exitCode: 7 })).status, 200);
  const { json } = await second.admin.get(`/api/v1/jobs/${lease.job}`);
  assert.deepEqual([json.state, json.attempts.length, json.attempts[0].exitCode], ['queued', 1, 7]);
});
