// Can an unchanged SimpleTuner worker connect, and is it refused in the words that it knows? (worker-protocol 10)
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { afterTest } from '../support/cleanup.ts';
import type { Client } from '../support/client.ts';
import { createClient } from '../support/client.ts';
import { openEvents } from '../support/event-reader.ts';
import { type Bench, startOrchestrator } from '../support/orchestrator.ts';

type Old = { readonly bench: Bench; readonly id: string; readonly token: string; readonly client: Client };

const startWorker = async (t: TestContext): Promise<Old> => {
  const bench = await startOrchestrator(t);
  const { json } = await bench.admin.post('/api/v1/workers', { name: 'attic', labels: { room: 'attic' } });
  const client = createClient(bench.running.url, { 'x-worker-token': ` ${json.token} ` });
  return { bench, id: json.id, token: json.token, client };
};
const register = (old: Old, more = {}) => old.client.post('/api/workers/register', { name: 'host-7', ...more });
const openStream = async (t: TestContext, old: Old) => {
  const url = `${old.client.url}/api/workers/stream?worker_id=${old.id}`;
  const events = await openEvents(url, old.client.headers);
  afterTest(t, events.close);
  return events;
};

test('a client that sends only its name registers, connects and shows as idle, and is offered no command job', async (t) => {
  const old = await startWorker(t);
  const registered = await register(old, {
    gpu_info: { name: 'RTX 4090', count: 2, vram_gb: 24 },
    labels: { room: 'x' },
  });
  assert.deepEqual(registered.json, {
    worker_id: old.id,
    sse_url: `/api/workers/stream?worker_id=${old.id}`,
    resume_job: null,
    abandon_job: null,
  });
  const events = await openStream(t, old);
  await old.bench.admin.post('/api/v1/jobs', { command: ['true'], cpus: 0 });
  const { json } = await old.bench.admin.get('/api/v1/workers/attic');
  const { state, kind, labels, gpus } = json;
  assert.deepEqual(
    [state, kind, labels, gpus.length, gpus[0].memoryMiB],
    ['idle', 'compatible', { room: 'attic' }, 2, 24576],
  );
  const beat = await old.client.post('/api/workers/heartbeat', { worker_id: old.id, status: 'IDLE' });
  assert.deepEqual([beat.status, beat.json], [200, { success: true }]);
  assert.equal(events.raw(), 'event: ping\ndata: {"type":"ping"}\n\n');
});

test('the first bytes of a stream are its headers and a ping in one chunk of 35 bytes', async (t) => {
  const old = await startWorker(t);
  await register(old);
  const { hostname, port } = new URL(old.client.url);
  const socket = connect(Number(port), hostname);
  afterTest(t, () => socket.destroy());
  socket.write(
    `GET /api/workers/stream?worker_id=${old.id} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nX-Worker-Token: ${old.token}\r\n\r\n`,
  );
  let text = '';
  while (!text.includes('"ping"}\n\n\r\n')) text += String((await once(socket, 'data'))[0]);
  const [head = '', body] = text.split('\r\n\r\n');
  assert.equal(body, '23\r\nevent: ping\ndata: {"type":"ping"}\n\n\r\n');
  for (const line of [
    'content-type: text/event-stream; charset=utf-8',
    'cache-control: no-cache, no-transform',
    'connection: keep-alive',
    'x-accel-buffering: no',
    'transfer-encoding: chunked',
  ])
    assert.ok(head.toLowerCase().split('\r\n').includes(line), line);
  assert.doesNotMatch(head, /content-encoding/i);
});

test('checks come in their order: token, shape, identity, state', async (t) => {
  const old = await startWorker(t);
  const nobody = createClient(old.client.url, {});
  const stranger = createClient(old.client.url, { 'x-worker-token': 'wt_unknown' });
  const header = { type: 'missing', loc: ['header', 'X-Worker-Token'], msg: 'Field required', input: null };
  const id = { type: 'missing', loc: ['body', 'worker_id'], msg: 'Field required', input: null };
  const status = { type: 'enum', loc: ['body', 'status'], msg: "Input should be 'idle' or 'busy'", input: 'gone' };
  const beat = '/api/workers/heartbeat';
  const stream = '/api/workers/stream';
  const cases = [
    [await nobody.post(beat, '{'), 422, [header]],
    [await stranger.post(beat, '{'), 401, 'Invalid worker token'],
    [await old.client.post(beat, { status: 'gone' }), 422, [id, status]],
    [await old.client.post(beat, { worker_id: 'w_other', status: 'idle' }), 400, 'Worker ID mismatch'],
    [await old.client.get(stream), 422, [{ ...id, loc: ['query', 'worker_id'] }]],
    [await old.client.get(`${stream}?worker_id=w_other`), 400, 'Worker ID mismatch'],
    [await old.client.get(`${stream}?worker_id=${old.id}`), 409, 'Register before opening the stream'],
    [await old.client.post('/api/workers/register', {}), 422, [{ ...id, loc: ['body', 'name'] }]],
    [await old.client.get('/api/workers/register'), 405, 'Method Not Allowed'],
  ] as const;
  for (const [answer, code, detail] of cases) assert.deepEqual([answer.status, answer.json], [code, { detail }]);
  const broken = await old.client.post('/api/workers/register', '{');
  assert.deepEqual(
    [broken.status, broken.json.detail[0].type, broken.json.detail[0].loc],
    [422, 'json_invalid', ['body']],
  );
});

test('a stream is replaced, disconnected and stopped by a reset, never by a clean end', async (t) => {
  const old = await startWorker(t);
  await register(old);
  const first = await openStream(t, old);
  assert.equal(
    (await old.client.get(`/api/workers/stream?worker_id=${old.id}`)).status,
    409,
    'no second one without a register',
  );
  await register(old);
  const second = await openStream(t, old);
  assert.equal(await first.ended, 'reset');
  assert.equal((await old.bench.admin.get('/api/v1/workers/attic')).json.state, 'idle');
  for (let count = 0; count < 2; count++)
    assert.deepEqual((await old.client.post('/api/workers/disconnect', { worker_id: old.id })).json, { success: true });
  assert.equal(await second.ended, 'reset');
  assert.equal((await old.bench.admin.get('/api/v1/workers/attic')).json.state, 'offline');
  await register(old);
  const third = await openStream(t, old);
  await old.bench.running.stop();
  assert.equal(await third.ended, 'reset');
});

test('a claim of a job that we never gave is abandoned, and the client told to stop once it named it twice', async (t) => {
  const old = await startWorker(t);
  const registered = await register(old, { current_job_id: 'wjob-1' });
  assert.deepEqual([registered.json.resume_job, registered.json.abandon_job], [null, 'wjob-1']);
  const events = await openStream(t, old);
  const busy = { worker_id: old.id, status: 'busy', current_job_id: 'wjob-1' };
  for (let count = 0; count < 2; count++) await old.client.post('/api/workers/heartbeat', busy);
  assert.deepEqual((await events.next('job_cancel')).data, { type: 'job_cancel', job_id: 'wjob-1' });
});

test('the 11th register in a minute is 429, and over HTTP/1.0 a stream is 505', async (t) => {
  const old = await startWorker(t);
  for (let count = 0; count < 10; count++) assert.equal((await register(old)).status, 200);
  const limited = await register(old);
  assert.deepEqual([limited.status, Number(limited.headers['retry-after']) > 0], [429, true]);
  const { hostname, port } = new URL(old.client.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /api/workers/stream?worker_id=${old.id} HTTP/1.0\r\nX-Worker-Token: ${old.token}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  assert.match(text, /^HTTP\/1\.1 505 [\s\S]*proxy_http_version 1\.1/);
});
