// Do the limits of a Dask worker fit each other, on every machine and however little was written?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aroundProcesses, forProcesses } from '../../../stacks/cluster/dask-worker.ts';
import { parseSpec, resolve } from '../../../stacks/index.ts';

type Host = { readonly cpus: number; readonly memoryMiB: number; readonly gpus: number };

function workersOf(dask: string, host?: Host) {
  const { problems, spec } = parseSpec(`name: a\nservices: {dask: ${dask}}`, 'f');
  assert.ok(spec !== null, problems.map(({ message }) => message).join('\n'));
  const { stack } = resolve(spec, host);
  return stack.dask?.workers ?? [];
}

const facts = (dask: string, host?: Host) =>
  workersOf(dask, host).map(({ cpus, memoryMiB, processes, threads, memoryLimitMiB }) => [
    cpus,
    memoryMiB,
    processes,
    threads,
    memoryLimitMiB,
  ]);

const hosts: readonly Host[] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128].flatMap((cpus) =>
  [2, 3, 4, 8, 16, 64, 192, 512].flatMap((gib) => [0, 1, 8].map((gpus) => ({ cpus, memoryMiB: gib * 1024, gpus }))),
);
const blocks = [
  '{}',
  '{workers: {cpu: {replicas: 3}, gpu: {gpus: auto, resources: {GPU: 1}}}}',
  '{workers: {a: {cpus: 0.5}, b: {memory: 300MiB}, c: {processes: 4}, d: {threads: 16}}}',
  '{workers: {a: {cpus: 16, memory: 4GiB, memoryLimit: 3GiB}, b: {memoryLimit: 6GiB}, c: {gpus: 2, cpus: 32}}}',
];

for (const dask of blocks) {
  test(`on machines of 1 to 128 CPUs and 2 to 512 GiB ${dask} never asks a process for more than there is`, () => {
    for (const host of [undefined, ...hosts]) {
      for (const { cpus, memoryLimitMiB, memoryMiB, name, processes, threads } of workersOf(dask, host)) {
        const where = `${name} on ${JSON.stringify(host)}`;
        assert.ok(Number.isInteger(processes) && processes >= 1, where);
        assert.ok(Number.isInteger(threads) && threads >= 1, where);
        assert.ok(Number.isInteger(memoryLimitMiB) && memoryLimitMiB >= 100, where);
        assert.ok(processes * memoryLimitMiB < memoryMiB, `${where}: ${processes} × ${memoryLimitMiB} in ${memoryMiB}`);
        if (!dask.includes('threads') && !dask.includes('processes')) {
          assert.ok(processes * threads <= Math.max(1, cpus), `${where}: ${processes} × ${threads} on ${cpus}`);
        }
      }
    }
  });
}

test('workers that are not sized share half of a large machine', () => {
  const host = { cpus: 64, memoryMiB: 256 * 1024, gpus: 0 };
  const workers = workersOf('{workers: {cpu: {replicas: 3}, big: {cpus: 4, memory: 8GiB}}}', host);
  assert.deepEqual(
    workers.map(({ name, cpus, memoryMiB }) => [name, cpus, memoryMiB]),
    [
      ['big', 4, 8192],
      ['cpu', 10, 43520],
    ],
  );
});

test('CPUs become processes of at most four threads, and with GPUs one process', () => {
  assert.deepEqual(facts('{workers: {w: {cpus: 16, memory: 32GiB}}}'), [[16, 32768, 4, 4, 7372]]);
  assert.deepEqual(facts('{workers: {w: {cpus: 16, memory: 32GiB, gpus: 1}}}'), [[16, 32768, 1, 16, 29491]]);
});

test('what is written holds, and the rest follows from it', () => {
  assert.deepEqual(facts('{workers: {w: {cpus: 16, memory: 4GiB, memoryLimit: 3GiB}}}'), [[16, 4096, 1, 16, 3072]]);
  assert.deepEqual(facts('{workers: {w: {cpus: 8, memoryLimit: 3GiB}}}'), [[8, 6827, 2, 4, 3072]]);
  assert.deepEqual(facts('{workers: {w: {processes: 3, threads: 1}}}'), [[2, 2048, 3, 1, 614]]);
});

test('what is around the processes leaves them what they need', () => {
  for (let inAll = 16; inAll < 40_000; inAll += 7) assert.ok(forProcesses(aroundProcesses(inAll)) >= inAll, `${inAll}`);
});
