// Does a stream carry what is large, ping in its time, and drop a reader that stopped reading? (I20, F9)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, startOrchestrator } from '../support/orchestrator.ts';
import { connectAgent } from '../support/scripted-agent.ts';
import { streamClock } from '../support/stream-clock.ts';

/** 700 KB each: more than a socket takes at once, more than may wait unread. */
const submitLarge = (bench: Bench, count: number) => {
  const command = ['true', ...Array.from({ length: 7 }, () => 'x'.repeat(100_000))];
  return bench.admin.post('/api/v1/jobs/batch', { jobs: Array.from({ length: count }, () => ({ command, cpus: 0 })) });
};

test('many large offers at once reach a worker that reads, over one stream', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  await submitLarge(bench, 8);
  const jobs = new Set<unknown>();
  while (jobs.size < 8)
    jobs.add((await Promise.race([agent.events.next('offer'), agent.events.ended.then(reset)])).data.job);
});
const reset = (): never => {
  throw new Error('the stream was reset');
};

test('a worker that stopped reading is cut when it has not caught up between two pings', async (t) => {
  const bench = await startOrchestrator(t, { env: { MUSTER_ACCEPT_SECONDS: '60' } });
  const clock = streamClock(t);
  const agent = await connectAgent(t, bench);
  agent.events.pause();
  // More than the kernel takes on both sides of the connection.
  for (let count = 0; count < 3; count++) assert.equal((await submitLarge(bench, 8)).status, 201);
  const { conductor } = bench.running.house;
  while (conductor.state().queue.length > 0) await new Promise(setImmediate);
  await conductor.settled();
  clock.ping();
  assert.equal(bench.running.house.streams.count(), 1);
  clock.ping();
  while (bench.running.house.streams.count() > 0) await new Promise(setImmediate);
  const { json } = await bench.admin.get(`/api/v1/workers/${agent.name}`);
  assert.equal(json.state, 'busy');
});
