// Are the pure rules right: back-off, deadlines, what is kept of a long output, what a job inherits?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jitteredMs, retryDelayMs } from '../../../services/agent/core/backoff.ts';
import { jobEnvironment } from '../../../services/agent/core/environment.ts';
import { isPlainLease, LeaseTable } from '../../../services/agent/core/leases.ts';
import { parseAttempt, parseResult } from '../../../services/agent/core/records.ts';
import { Retained } from '../../../services/agent/core/retained.ts';
import { StopRequest } from '../../../services/agent/core/stop-request.ts';

test('back-off has full jitter, doubles, and ends at 30 s', () => {
  assert.deepEqual(
    [0, 1, 3, 40].map((failures) => retryDelayMs(failures, () => 1)),
    [250, 500, 2000, 30_000],
  );
  assert.equal(
    retryDelayMs(5, () => 0),
    0,
  );
  assert.deepEqual([jitteredMs(1000, () => 0), jitteredMs(1000, () => 0.5)], [800, 1000]);
});

test('a lease is overdue at ttl − margin after its renewal was sent; a late answer moves nothing back', () => {
  const leases = new LeaseTable({ ttlMs: 100, marginMs: 20 });
  assert.equal(leases.nextDeadlineMs(0), null);
  leases.renew('a', 1000);
  leases.renew('b', 1010);
  leases.renew('b', 990);
  assert.deepEqual(leases.overdue(1079), []);
  assert.deepEqual(leases.overdue(1080), ['a']);
  assert.deepEqual(leases.overdue(1090), ['a', 'b']);
  assert.equal(leases.nextDeadlineMs(1050), 30);
  leases.forget('a');
  assert.equal(leases.nextDeadlineMs(1050), 40);
  leases.setTimes({ ttlMs: 200, marginMs: 20 });
  assert.deepEqual(leases.overdue(1100), []);
});

test('only plain job ids become folders', () => {
  const plain = ['j1', 'a-b_C', '../x', 'a/b', '', '.', 'a.b', '-x', 'ä'].map((job) =>
    isPlainLease({ job, fence: '1.2' }),
  );
  assert.deepEqual(plain, [true, true, false, false, false, false, false, false, false]);
  assert.equal(isPlainLease({ job: 'j', fence: '../1' }), false);
});

test('of a long output head and tail are kept, and every byte is accounted for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.nat(30),
      fc.integer({ min: 1, max: 30 }),
      (chunks, head, tail) => {
        const retained = new Retained(head, tail);
        const now = Buffer.concat(chunks.map((chunk) => retained.take(Buffer.from(chunk))));
        const rest = retained.rest();
        const all = Buffer.concat(chunks);
        assert.deepEqual(now, all.subarray(0, head));
        const lost = all.length - head - tail;
        const kept = all.subarray(Math.max(head, all.length - tail));
        const marker = lost > 0 ? `\n[truncated: ${lost} bytes]\n` : '';
        assert.deepEqual(rest, Buffer.concat([Buffer.from(marker), kept]));
      },
    ),
  );
});

test('with `image` a job inherits all but the agent’s own variables', () => {
  const agent = {
    A: '1',
    MUSTER_TOKEN_FILE: 'x',
    SIMPLETUNER_X: 'x',
    SERVER_URL: 'x',
    WORKER_ID: 'x',
    NODE_OPTIONS: 'x',
    HOSTNAME: 'x',
    PATH: '/p',
  };
  const place = { marker: 'm', job: 'j', worker: 'w', work: '/w', tmp: '/t', progressFile: '/f' };
  const gpuVariables = { CUDA_VISIBLE_DEVICES: '' };
  const ofJob = { HOME: '/mine', MUSTER_ATTEMPT: 'forged', CUDA_VISIBLE_DEVICES: '0,1' };
  const environment = jobEnvironment(agent, 'image', [], ofJob, { ...place, gpuVariables });
  assert.deepEqual(environment, {
    A: '1',
    PATH: '/p',
    HOME: '/mine',
    TMPDIR: '/t',
    MUSTER_ATTEMPT: 'm',
    MUSTER_JOB_ID: 'j',
    MUSTER_WORKER: 'w',
    MUSTER_PROGRESS_FILE: '/f',
    CUDA_VISIBLE_DEVICES: '',
  });
});

test('the first reason to stop counts, a later one only shortens the grace, and one after the end changes nothing', () => {
  const stop = new StopRequest();
  stop.ask({ cause: 'timeout', detail: null }, 100);
  const graces: number[] = [];
  stop.whenAsked((graceMs) => graces.push(graceMs));
  stop.ask({ cause: 'drained', detail: null }, 10);
  stop.ask({ cause: 'drained', detail: null }, 50);
  stop.close();
  stop.ask({ cause: 'cancelled', detail: null }, 1);
  assert.deepEqual([stop.reason?.cause, graces], ['timeout', [100, 10, 10]]);
});

test('damaged records count as absent', () => {
  for (const text of [null, '', '{', '[]', 'null', '{"job":1}']) {
    assert.equal(parseAttempt(text), null);
    assert.equal(parseResult(text), null);
  }
});
