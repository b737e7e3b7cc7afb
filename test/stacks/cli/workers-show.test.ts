// How does a worker read whose agent keeps failing?
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import type { WorkerView } from '../../../services/protocol/index.ts';
import { workerTable } from '../../../stacks/cli/workers/table.ts';
import { workerText } from '../../../stacks/cli/workers/text.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const worker: WorkerView = {
  id: 'w_1',
  name: 'worker-01',
  class: 'worker-01',
  state: 'failing',
  draining: false,
  failing: {
    count: 4,
    since: '2026-01-02T03:00:05Z',
    reason: 'it ended with exit code 7',
    lines: ['{"level":"info","message":"started"}', 'bad \u001b[2J line\u202e', `${'x'.repeat(500)}`],
  },
  kind: 'muster',
  labels: {},
  cpus: 2,
  cpusFree: 2,
  memoryMiB: 1024,
  diskMiB: 1,
  gpus: [],
  isolation: 'unit',
  version: '0.1.0',
  jobs: [],
  load: null,
  lastSeenAt: '2026-01-02T03:04:00Z',
  createdAt: '2026-01-01T00:00:00Z',
};

test('it says how often, since when, how it ended last, and what it said, and commands no terminal', () => {
  const lines = workerText(worker, nowMs).split('\n');
  strictEqual(lines[0], 'worker-01   failing');
  const at = lines.findIndex((line) => line.startsWith('  failing'));
  deepStrictEqual(lines.slice(at, at + 5), [
    '  failing    its agent ended badly 4 times in a row, first 4 min ago',
    '             last: it ended with exit code 7; a minute without an end, and it is well again',
    '  its last words:',
    '    {"level":"info","message":"started"}',
    '    bad  line',
  ]);
  ok(workerTable([{ ...worker, draining: true }]).includes('worker-01  failing, drained'));
});

test('of one that does not fail, or of an older orchestrator, it says nothing', () => {
  const { failing: _, ...older } = worker;
  for (const view of [older, { ...worker, failing: null }])
    ok(!workerText({ ...view, state: 'idle' }, nowMs).includes('failing'));
});
