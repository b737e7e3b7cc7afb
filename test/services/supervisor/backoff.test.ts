// Does a daemon that keeps dying wait longer each time, and is a long life forgiven?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { failuresAfter, restartDelayMs } from '../../../services/supervisor/backoff.ts';

test('the delay doubles from 250 ms up to 30 s', () => {
  const delays = [1, 2, 3, 4, 7, 8, 20, 5000].map(restartDelayMs);
  deepStrictEqual(delays, [250, 500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
});

test('a minute of life starts the count anew', () => {
  strictEqual(failuresAfter(6, 59_999), 7);
  strictEqual(failuresAfter(6, 60_000), 1);
});
