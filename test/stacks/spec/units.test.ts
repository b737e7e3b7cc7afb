// Are human sizes, times and slips of the pen understood?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMemory, nearest, parseMemoryMiB, parseSeconds } from '../../../stacks/index.ts';

test('sizes are MiB, rounded down', () => {
  const sizes = { '8GiB': 8192, '512MB': 488, '1.5GiB': 1536, '1TiB': 1_048_576, '1GB': 953, '64MiB': 64 };
  for (const [text, memoryMiB] of Object.entries(sizes)) assert.equal(parseMemoryMiB(text), memoryMiB, text);
  for (const text of ['8', '8 GiB', '8gb', '8G', '-1GiB', '1e3MB', 'GiB', ''])
    assert.equal(parseMemoryMiB(text), null, text);
});

test('durations are seconds', () => {
  assert.deepEqual(['30s', '10m', '2h', '0s'].map(parseSeconds), [30, 600, 7200, 0]);
  for (const text of ['30', '1.5m', '1d', '500ms', '-1s', '']) assert.equal(parseSeconds(text), null, text);
});

test('sizes are shown with at most one decimal', () => {
  assert.deepEqual([500, 1024, 1536, 7987].map(formatMemory), ['500 MiB', '1 GiB', '1.5 GiB', '7.8 GiB']);
});

test('a slip finds its word, another word finds none', () => {
  const known = ['memory', 'cpus', 'gpus', 'labels'];
  assert.deepEqual(
    ['memroy', 'Memory', 'lables', 'gpu', 'volumes', 'x'.repeat(200)].map((word) => nearest(word, known)),
    ['memory', 'memory', 'labels', 'gpus', null, null],
  );
});
