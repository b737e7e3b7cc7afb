// Is a SimpleTuner worker pinged in time, and left alone while it reads nothing? (worker-protocol 3)
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { pingMs } from '../../../../services/orchestrator/doors/event-stream.ts';
import { afterTest } from '../support/cleanup.ts';
import { createClient } from '../support/client.ts';
import { openEvents } from '../support/event-reader.ts';
import { startOrchestrator } from '../support/orchestrator.ts';
import { streamClock } from '../support/stream-clock.ts';

const connectOld = async (t: TestContext) => {
  const bench = await startOrchestrator(t);
  const clock = streamClock(t);
  const { json } = await bench.admin.post('/api/v1/workers', { name: 'attic' });
  const old = createClient(bench.running.url, { 'x-worker-token': json.token });
  const open = async () => {
    await old.post('/api/workers/register', { name: 'host-7' });
    const events = await openEvents(`${old.url}/api/workers/stream?worker_id=${json.id}`, old.headers);
    afterTest(t, events.close);
    return events;
  };
  return { bench, clock, open, events: await open(), id: String(json.id), streams: bench.running.house.streams };
};

test('a compatible worker is sent a ping at once and then every 15 s', async (t) => {
  const { clock, events } = await connectOld(t);
  await events.next('ping');
  assert.equal(pingMs, 15_000);
  for (let count = 0; count < 2; count++) {
    clock.ping();
    assert.deepEqual((await events.next('ping')).data, { type: 'ping' });
  }
});

test('a compatible worker that reads nothing keeps its stream until more than 1 MiB waits', async (t) => {
  const { clock, events, id, streams } = await connectOld(t);
  events.pause();
  for (let count = 0; count < 10; count++) clock.ping();
  assert.equal(streams.count(), 1);
  const stream = streams.of(id, `compatible-${id}`);
  // What the kernel takes comes first, then 1 MiB here; the rest waits.
  const large = { type: 'job_cancel', job_id: 'x'.repeat(512 * 1024) };
  for (let count = 0; count < 24; count++) stream?.send('job_cancel', large);
  clock.ping();
  clock.ping();
  while (streams.count() > 0) await new Promise(setImmediate);
});

test('the fourth time that a live stream is replaced two processes share one token: audited', async (t) => {
  const { bench, open, id } = await connectOld(t);
  const contended = async (): Promise<number> => {
    await bench.running.house.conductor.settled();
    const database = new DatabaseSync(join(bench.folder, 'muster.db'), { readOnly: true });
    const rows = database.prepare('SELECT body FROM audit').all();
    database.close();
    return rows.filter(({ body }) => JSON.parse(String(body)).action === 'worker.contended').length;
  };
  for (let count = 0; count < 3; count++) await open();
  assert.equal(await contended(), 0);
  await open();
  assert.equal(await contended(), 1);
  assert.equal((await bench.admin.get(`/api/v1/workers/${id}`)).json.state, 'idle');
});
