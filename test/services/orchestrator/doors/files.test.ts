// Do inputs, outputs and logs travel whole, and only to whom they belong?
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Bench, startOrchestrator } from '../support/orchestrator.ts';
import { connectAgent, registerAgent, takeJob } from '../support/scripted-agent.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const upload = (bench: Bench, bytes: Buffer, digest = sha256(bytes)) =>
  bench.admin.call('PUT', `/api/v1/blobs/${digest}`, { bytes });

test('a blob is kept under its digest, asked for by HEAD, and stored once', async (t) => {
  const bench = await startOrchestrator(t);
  const bytes = randomBytes(300_000);
  const path = `/api/v1/blobs/${sha256(bytes)}`;
  assert.equal((await bench.admin.call('HEAD', path)).status, 404);
  assert.equal((await upload(bench, bytes)).status, 201);
  const held = await bench.admin.call('HEAD', path);
  assert.deepEqual([held.status, held.headers['content-length']], [200, '300000']);
  assert.equal((await upload(bench, bytes)).status, 200);
});

test('bytes that do not have their digest are refused and leave nothing behind', async (t) => {
  const bench = await startOrchestrator(t);
  const refused = await upload(bench, Buffer.from('other bytes'), 'a'.repeat(64));
  assert.deepEqual([refused.status, refused.json.error.code], [422, 'digest_mismatch']);
  assert.deepEqual(readdirSync(join(bench.folder, 'blobs', 'aa')), []);
  assert.equal((await upload(bench, Buffer.from('x'), '../../etc/passwd')).status, 404);
});

test('inputs and artifacts open only to the worker that holds that lease', async (t) => {
  const bench = await startOrchestrator(t);
  const input = Buffer.from('input bytes');
  const secret = Buffer.from('input of another job');
  await upload(bench, input);
  await upload(bench, secret);
  const agent = await connectAgent(t, bench);
  const inputs = [{ path: 'a.txt', digest: sha256(input), size: input.length }];
  await bench.admin.post('/api/v1/jobs', { command: ['cat', 'a.txt'], inputs });
  const lease = await takeJob(agent);
  const stranger = await registerAgent(bench, bench.classSecret('worker-01'));
  const inputPath = (digest: string, fence = lease.fence) =>
    `/api/v1/agent/inputs/${lease.job}/${digest}?fence=${fence}`;

  assert.equal((await agent.client.get(inputPath(sha256(input)))).text, 'input bytes');
  assert.equal((await agent.client.get(inputPath(sha256(secret)))).status, 403, 'not an input of this job');
  assert.equal((await stranger.client.get(inputPath(sha256(input)))).status, 403, 'not a job of this worker');
  assert.equal((await agent.client.get(inputPath(sha256(input), '1.999'))).json.error.code, 'stale_lease');
  const output = Buffer.from('output bytes');
  const artifact = `/api/v1/agent/artifacts/${lease.job}/${sha256(output)}?fence=${lease.fence}`;
  assert.equal((await stranger.client.call('PUT', artifact, { bytes: output })).status, 403);
  assert.equal((await agent.client.call('HEAD', artifact)).status, 404);

  const outputs = [{ path: 'out/käse 1.txt', digest: sha256(output), size: output.length }];
  const early = await agent.report(lease, { outputs });
  assert.deepEqual(
    [early.status, early.json.error.problems],
    [422, [{ path: 'outputs/0', message: 'upload it first' }]],
  );
  assert.equal((await agent.client.call('PUT', artifact, { bytes: output })).status, 201);
  assert.equal((await agent.client.call('HEAD', artifact)).status, 200);
  assert.equal((await agent.report(lease, { outputs })).status, 200);
  const fetched = await bench.admin.get(`/api/v1/jobs/${lease.job}/outputs/${encodeURIComponent('out/käse 1.txt')}`);
  assert.deepEqual([fetched.status, fetched.text], [200, 'output bytes']);
  assert.equal((await agent.client.get(inputPath(sha256(input)))).json.error.code, 'stale_lease', 'the lease is over');
});

test('a log is resumed by offset: overlaps are ignored, a gap says how much is held', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  await bench.admin.post('/api/v1/jobs', { command: ['true'] });
  const lease = await takeJob(agent);
  assert.deepEqual((await agent.log(lease, 0, 'first line\n')).json, { offset: 11 });
  assert.deepEqual((await agent.log(lease, 6, 'line\nsecond\n')).json, { offset: 18 });
  const gap = await agent.log(lease, 30, 'later');
  assert.deepEqual([gap.status, gap.json], [409, { offset: 18 }]);
  const rest = await bench.admin.get(`/api/v1/jobs/${lease.job}/logs?offset=11`);
  assert.deepEqual([rest.text, rest.headers['muster-log-offset']], ['second\n', '11']);
  assert.equal((await agent.log({ ...lease, fence: '1.999' }, 18, 'x')).json.error.code, 'stale_lease');
});

test('a followed log brings what comes later and ends with the attempt', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  const { json } = await bench.admin.post('/api/v1/jobs', { command: ['true'] });
  const followed = bench.admin.get(`/api/v1/jobs/${json.id}/logs?follow=1`);
  const lease = await takeJob(agent);
  await agent.log(lease, 0, 'one\n');
  await agent.log(lease, 4, 'two\n');
  await agent.report(lease, {});
  assert.equal((await followed).text, 'one\ntwo\n');
});

test('a reader that leaves while the log is silent is forgotten at once', async (t) => {
  const bench = await startOrchestrator(t);
  const { logs } = bench.running.house;
  const listening = Promise.withResolvers<void>();
  const forgotten = Promise.withResolvers<void>();
  const grown = logs.grown;
  Object.assign(logs, {
    grown: (jobId: string, left: AbortSignal) => {
      listening.resolve();
      left.addEventListener('abort', () => forgotten.resolve());
      return grown(jobId, left);
    },
  });
  const { json } = await bench.admin.post('/api/v1/jobs', { command: ['true'] });
  const url = `${bench.running.url}/api/v1/jobs/${json.id}/logs?follow=1`;
  const sent = request(url, { agent: false, headers: bench.admin.headers }).on('error', () => {});
  sent.end();
  await listening.promise;
  sent.destroy();
  await forgotten.promise;
});
