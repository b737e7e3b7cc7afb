// Is what waits counted under each class that could take it, and no other?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobSpec } from '../../../services/protocol/index.ts';
import {
  applyChanges,
  demand,
  emptyState,
  queuedJob,
  type State,
  type Worker,
} from '../../../services/scheduling/index.ts';

const gpu = { index: 0, uuid: null, name: 'card', memoryMiB: 1, driver: null };

const worker = (name: string, className: string | null, more: Partial<Worker> = {}): Worker => ({
  id: name,
  name,
  class: className,
  kind: 'muster',
  tokenHash: name,
  instance: null,
  adminLabels: {},
  reportedLabels: {},
  draining: false,
  capacity: { cpus: 4, memoryMiB: 8192, diskMiB: 1, gpus: [] },
  isolation: null,
  version: null,
  createdAt: 0,
  ...more,
});

/** Jobs of these needs, submitted one second after the other, and these workers. */
const stateOf = (needs: readonly object[], workers: readonly Worker[]): State => {
  const state = emptyState();
  const rows = needs.map((need, at) =>
    queuedJob(`j${at}`, at, JobSpec.parse({ command: ['true'], ...need }), null, at * 1000),
  );
  applyChanges(state, [
    ...rows.map((row) => ({ table: 'jobs' as const, row })),
    ...workers.map((row) => ({ table: 'workers' as const, id: row.id, row })),
  ]);
  return state;
};

const seen = (state: State, classes: readonly { name: string; labels: Record<string, string> }[] = []) =>
  Object.fromEntries([...demand(state, classes, 10_000)].map(([name, each]) => [name, [each.jobs, each.oldestMs]]));

test('a job counts once under each class that could take it, whatever its workers do now', () => {
  const workers = [
    worker('a1', 'small'),
    worker('a2', 'small'),
    worker('b1', 'gpu', { capacity: { cpus: 8, memoryMiB: 65_536, diskMiB: 1, gpus: [gpu] }, draining: true }),
    worker('own', null, { adminLabels: { site: 'attic' } }),
    worker('foreign', 'foreign', { kind: 'compatible' }),
  ];
  const needs = [{}, { gpus: 1 }, {}, { labels: { site: 'at*' } }, { cpus: 64 }];
  assert.deepEqual(seen(stateOf(needs, workers)), {
    small: [2, 10_000],
    gpu: [3, 10_000],
    '-': [3, 10_000],
    none: [1, 6000],
  });
});

test('a class that nobody has joined yet is judged by its labels, one whose workers are known by them', () => {
  const classes = [
    { name: 'small', labels: {} as Record<string, string> },
    { name: 'asleep', labels: { gpu: 'a100-80g' } },
  ];
  const needs = [{ gpus: 8, labels: { gpu: 'a100*' } }, { gpus: 8 }];
  assert.deepEqual(seen(stateOf(needs, [worker('a1', 'small')]), classes), {
    small: [0, 0],
    asleep: [2, 10_000],
    none: [0, 0],
  });
});

test('a job that came back counts from its last attempt on', () => {
  const state = stateOf([{}], [worker('a1', 'small')]);
  const row = state.jobs.get('j0');
  assert.ok(row);
  const attempt = { number: 1, workerId: 'a1', workerName: 'a1', session: '', fence: { epoch: 1, counter: 1 } };
  const times = { offeredAt: 1, startedAt: 2, endedAt: 7000, seq: 1 };
  const ended = { state: 'ended', cause: 'exit', exitCode: 1, detail: null, gpus: [] } as const;
  applyChanges(state, [{ table: 'jobs', row: { ...row, attempts: [{ ...attempt, ...times, ...ended }] } }]);
  assert.deepEqual(seen(state), { small: [1, 3000], none: [0, 0] });
});

test('jobs of one need cost one comparison, and too many needs are counted as unknown', () => {
  const workers = [worker('a1', 'small')];
  const alike = Array.from({ length: 15_000 }, () => ({}));
  assert.deepEqual(seen(stateOf(alike, workers)).small, [15_000, 10_000]);
  const different = Array.from({ length: 15_000 }, (_, memoryMiB) => ({ memoryMiB }));
  assert.deepEqual(seen(stateOf(different, workers)), {
    small: [8193, 10_000],
    none: [1807, 0],
    unknown: [5000, 0],
  });
});
