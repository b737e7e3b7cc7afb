// Does the log of a job arrive whole, also when nobody is there to take it as the job ends?
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '../../../services/agent/core/clock.ts';
import { type Answer, type Client, createClient } from '../../../services/agent/wire/client.ts';
import { shipLog } from '../../../services/agent/wire/log-shipper.ts';

type Reply = 'away' | 'busy' | 'well';

/** Ships a log of six bytes to somebody who behaves as `reply` says at each second; gives what was held and when. */
async function shipped(t: { after(work: () => void): void }, reply: (seconds: number) => Reply) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  writeFileSync(file, 'whole\n');
  let nowMs = 0;
  const called = Promise.withResolvers<void>();
  const clock: Clock = {
    nowMs: () => nowMs,
    // Time passes when somebody waits for it, but none before the first call: the disk takes its own time.
    wait: async (ms, signal) => {
      await called.promise;
      await new Promise((resolve) => setImmediate(resolve));
      if (!signal?.aborted) nowMs += ms;
    },
  };
  let held = 0;
  const answer = (status: number): Answer => ({ status, value: { offset: held }, code: null, retryAfterMs: null });
  const call: Client['call'] = async (_method, _path, body) => {
    const now = reply(nowMs / 1000);
    called.resolve();
    if (now === 'away') throw new Error('nobody is there');
    if (now === 'busy') return answer(429);
    held += (body as { bytes: Buffer }).bytes.length;
    return answer(200);
  };
  const none = () => {};
  const http = { send: () => Promise.reject(new Error('not asked')), close: none };
  const log = { debug: none, info: none, warn: none, error: none };
  const parts = { http, clock, log, random: () => 1, token: () => '', beforeSend: none, sessionLost: none };
  const client: Client = { ...createClient(parts), call };
  const over = new AbortController();
  await shipLog(client, clock, { job: 'j', fence: '1', file }, over.signal).finish(10_000);
  over.abort();
  return { held, seconds: nowMs / 1000 };
}

test('while nobody answers the end of a log is waited for, however long that takes', async (t) => {
  const { held, seconds } = await shipped(t, (at) => (at < 300 ? 'away' : 'well'));
  deepStrictEqual([held, seconds >= 300], [6, true]);
});

// Without a limit it would never end.
test('who answers and takes nothing holds the result back for the limit only', { timeout: 10_000 }, async (t) => {
  const { held, seconds } = await shipped(t, () => 'busy');
  strictEqual(held, 0);
  ok(seconds >= 10, `${seconds} s`);
});
