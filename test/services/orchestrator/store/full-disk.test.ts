// Does a full disk refuse new work with one sentence, keep what was acknowledged, and end by itself? (F4)

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { afterTest } from '../support/cleanup.ts';
import { startOrchestrator, temporaryFolder } from '../support/orchestrator.ts';

/** A file system of 8 MiB, or null where this process may not mount one. */
const smallDisk = (t: TestContext): string | null => {
  const folder = temporaryFolder(t);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  afterTest(t, () => execFileSync('umount', ['-l', folder]));
  return folder;
};

/** Fills the file system to the last byte; gives the path of what fills it. */
const fill = (folder: string): string => {
  const path = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(path, Buffer.alloc(bavail * bsize));
  return path;
};

test('a full disk is 507, reads go on, and work is taken again once there is room', async (t) => {
  const folder = smallDisk(t);
  if (!folder) return t.skip('needs the right to mount a tmpfs (root)');
  const bench = await startOrchestrator(t, { folder });
  const large = { command: ['true', 'x'.repeat(60_000)] };
  const kept = (await bench.admin.post('/api/v1/jobs', large)).json.id;
  const ballast = fill(folder);
  let refused = await bench.admin.post('/api/v1/jobs', large);
  for (let tries = 0; refused.status === 201 && tries < 100; tries++)
    refused = await bench.admin.post('/api/v1/jobs', large);
  assert.deepEqual([refused.status, refused.json.error.code], [507, 'store_full']);
  const bytes = Buffer.alloc(100_000);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const upload = await bench.admin.call('PUT', `/api/v1/blobs/${digest}`, { bytes });
  assert.deepEqual([upload.status, upload.json.error.code], [507, 'store_full']);
  assert.equal((await bench.admin.get(`/api/v1/jobs/${kept}`)).json.state, 'queued');
  assert.equal((await bench.admin.get('/health')).status, 200);
  const before = (await bench.admin.get('/api/v1/status')).json.jobs.queued;
  rmSync(ballast);
  await bench.recovered();
  assert.equal((await bench.admin.post('/api/v1/jobs', large)).status, 201);
  assert.equal((await bench.admin.get('/api/v1/status')).json.jobs.queued, before + 1);
});
