// Is what a job says of its progress seen, however unluckily it is read?
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProgress, watchProgress } from '../../../services/agent/progress.ts';
import { ownFolder } from '../../support/folder.ts';

test('a file that was read half written is read again, even when its time has not moved', async (t) => {
  const file = join(ownFolder(t), 'progress.json');
  const write = (text: string): void => {
    writeFileSync(file, text);
    utimesSync(file, 1000, 1000);
  };
  const over = new AbortController();
  const seen: unknown[] = [];
  const steps = [() => write('{"step":1}'), () => {}, () => over.abort()];
  write('{"st');
  const clock = { nowMs: () => 0, wait: async () => steps.shift()?.() };
  await watchProgress(file, clock, (progress) => seen.push(progress), over.signal);
  assert.deepEqual(seen, [{ step: 1 }]);
});

test('a job cannot make the agent read another file, nor wait for a pipe', { timeout: 5000 }, async (t) => {
  const folder = ownFolder(t);
  writeFileSync(join(folder, 'token'), '{"secret":1}');
  symlinkSync('token', join(folder, 'link'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  assert.deepEqual(await Promise.all(['token', 'link', 'pipe', '.'].map((name) => readProgress(join(folder, name)))), [
    ...[{ secret: 1 }, undefined, undefined, undefined],
  ]);
});
