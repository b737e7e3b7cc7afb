// Does Dask stay inside, and may its workers leave in peace?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretFiles, services } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const cluster = (dask: string) => clusterOf(`name: a\nservices: {dask: ${dask}}`);
const daskOf = (dask: string) => services(cluster(dask)).filter(({ name }) => name.startsWith('dask-'));

test('a scheduler and one service for each class', () => {
  const named = daskOf('{workers: {gpu: {gpus: auto, replicas: 2}, cpu: {targets: [swarm]}}}');
  assert.deepEqual(
    named.map(({ name, replicas, gpus, targets }) => [name, replicas, gpus.kind, targets]),
    [
      ['dask-cpu', 1, 'none', ['swarm']],
      ['dask-gpu', 2, 'auto', ['compose', 'swarm', 'systemd']],
      ['dask-scheduler', 1, 'none', ['compose', 'swarm', 'systemd']],
    ],
  );
  assert.deepEqual(services(clusterOf('name: a\nservices: {dask: false}')).length, 2);
});

test('no port is published unless one is asked for, and that one on loopback', () => {
  const ports = (dask: string) => daskOf(dask).map(({ name, networks, ports: open }) => [name, networks, open]);
  assert.deepEqual(ports('{}'), [
    ['dask-cpu', ['back', 'egress'], []],
    ['dask-scheduler', ['back'], []],
  ]);
  assert.deepEqual(ports('{port: 8786}')[1], [
    'dask-scheduler',
    ['back', 'front'],
    [{ container: 8786, published: 8786, public: false }],
  ]);
});

test('a worker has more time to leave than its drain takes', () => {
  const [worker] = daskOf('{workers: {cpu: {drainGrace: 90s}}}');
  assert.equal(worker?.graceSeconds, 110);
});

test('scheduler and workers see secrets with tls alone, and never the key of the authority', () => {
  assert.deepEqual(
    daskOf('{}').flatMap(({ secrets }) => secrets),
    [],
  );
  const seen = daskOf('{tls: true}').map(({ secrets }) => secrets.map(({ folder, writable }) => [folder, writable]));
  assert.deepEqual(seen, [[['dask', false]], [['dask', false]]]);
  const made = secretFiles(cluster('{tls: true}')).map(({ kind, path }) => `${kind} ${path}`);
  assert.deepEqual(
    made.filter((line) => line.includes('dask')),
    ['authority authority/dask', 'certificate dask/tls', 'copy dask/ca.crt'],
  );
  assert.ok(!secretFiles(cluster('{}')).some(({ path }) => path.includes('dask')));
});
