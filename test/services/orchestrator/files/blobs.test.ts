// Does a blob that nobody names go after a day, and one that was just named stay?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOrchestrator } from '../support/orchestrator.ts';

const twoDaysAgo = () => new Date(Date.now() - 48 * 3_600_000);

test('of two old blobs the one that a submit just named stays, whatever the collector knew before', async (t) => {
  const { admin, folder, running } = await startOrchestrator(t);
  const [named, forgotten] = ['named', 'forgotten'].map((text) => {
    const bytes = Buffer.from(text);
    return { bytes, size: bytes.length, digest: createHash('sha256').update(bytes).digest('hex') };
  });
  assert.ok(named && forgotten);
  for (const { digest, bytes } of [named, forgotten]) {
    await admin.call('PUT', `/api/v1/blobs/${digest}`, { bytes });
    utimesSync(join(folder, 'blobs', digest.slice(0, 2), digest), twoDaysAgo(), twoDaysAgo());
  }
  const inputs = [{ path: 'a', digest: named.digest, size: named.size }];
  assert.equal((await admin.post('/api/v1/jobs', { command: ['true'], inputs })).status, 201);
  const { blobs } = running.house;
  assert.equal(await blobs.collect(() => false, Date.now()), 1);
  assert.deepEqual([await blobs.size(named.digest), await blobs.size(forgotten.digest)], [named.size, null]);
});
