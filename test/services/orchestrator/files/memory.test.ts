// Does a large file pass through without being held in memory?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { temporaryFolder, testEnvironment } from '../support/orchestrator.ts';
import { runCommand, spawnOrchestrator } from '../support/process.ts';
import { connectAgent, takeJob } from '../support/scripted-agent.ts';

const mebibytes = 200;
const chunk = Buffer.alloc(1024 * 1024, 'muster');

/** Highest resident memory of a process so far, in MiB. */
const peakMiB = (pid: number | undefined): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Reads an answer to its end and gives its length. */
const drained = (url: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false, headers }, (response) => {
      let length = 0;
      response.on('data', (bytes: Buffer) => {
        length += bytes.length;
      });
      finished(response).then(() => resolve(length), reject);
    }).on('error', reject);
  });

test('a file of 200 MiB costs the orchestrator less than 50 MB of memory, in and out', async (t) => {
  if (process.platform !== 'linux') return t.skip('reads /proc');
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const bench = await spawnOrchestrator(t, folder);
  const { admin, child } = bench;
  await admin.get('/api/v1/status');
  const before = peakMiB(child.pid);
  const hash = createHash('sha256');
  for (let count = 0; count < mebibytes; count++) hash.update(chunk);
  const digest = hash.digest('hex');
  const bytes = Readable.from(Array.from({ length: mebibytes }, () => chunk));
  assert.equal((await admin.call('PUT', `/api/v1/blobs/${digest}`, { bytes })).status, 201);
  const size = mebibytes * 1024 * 1024;
  await admin.post('/api/v1/jobs', { command: ['true'], inputs: [{ path: 'large', digest, size }] });
  const agent = await connectAgent(t, bench);
  const lease = await takeJob(agent);
  const input = `${admin.url}/api/v1/agent/inputs/${lease.job}/${digest}?fence=${lease.fence}`;
  assert.equal(await drained(input, agent.client.headers), size);
  const grown = Math.round(peakMiB(child.pid) - before);
  assert.ok(grown < 50, `${grown} MiB more than before`);
});
