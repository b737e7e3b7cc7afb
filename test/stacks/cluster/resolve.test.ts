// Is everything decided, and always the same?
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { version } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

test('a spec of a name and a worker gets every default', () => {
  const { hash, ...cluster } = clusterOf('name: tiny\nworkers: {worker: {}}');
  assert.deepEqual(cluster, {
    name: 'tiny',
    orchestrator: {
      ...{ port: 8080, cpus: 1, memoryMiB: 512, heartbeatSeconds: 30, leaseTtlSeconds: 120 },
      backup: { calendar: 'daily', keep: 7 },
    },
    workers: [
      {
        name: 'worker',
        replicas: 1,
        maxReplicas: 16,
        cpus: 2,
        memoryMiB: 4096,
        gpus: { kind: 'none' },
        labels: {},
        image: null,
        environment: {},
        drainSeconds: 30,
        maxProcesses: 4096,
        maxRestartAttempts: 3,
        targets: ['compose', 'swarm', 'systemd'],
      },
    ],
    pools: [],
    clouds: [],
    stack: {
      dask: null,
      ollama: null,
      openWebui: null,
      proxy: null,
      prometheus: null,
      alertmanager: null,
      grafana: null,
      visualizer: null,
    },
    swarm: { registry: null, endpoint: 'vip', encrypted: true, workersOnManagers: false, engines: {} },
    rack: {
      network: null,
      hosts: [
        {
          name: 'localhost',
          address: '127.0.0.1',
          sshAddress: '127.0.0.1',
          endpoint: null,
          user: 'root',
          sshPort: 22,
          runs: ['orchestrator', 'worker'],
          engine: false,
          swarm: null,
        },
      ],
    },
    version,
  });
  assert.match(hash, /^[0-9a-f]{64}$/);
});

test('a worker replaces a value of defaults and adds to its labels and environment', () => {
  const [worker] = clusterOf(`
name: a
defaults: {worker: {cpus: 8, memory: 1GiB, labels: {a: "1", b: "2"}, environment: {X: "1"}}}
workers: {w: {cpus: 1, labels: {b: "3", 0: "4"}, environment: {Y: "2"}, gpus: 0, replicas: 20}}`).workers;
  assert.deepEqual(worker, {
    name: 'w',
    replicas: 20,
    maxReplicas: 20,
    cpus: 1,
    memoryMiB: 1024,
    gpus: { kind: 'none' },
    labels: { '0': '4', a: '1', b: '3' },
    image: null,
    environment: { X: '1', Y: '2' },
    drainSeconds: 30,
    maxProcesses: 4096,
    maxRestartAttempts: 3,
    targets: ['compose', 'swarm', 'systemd'],
  });
});

test('the order of keys changes nothing, a changed value changes the hash', () => {
  const one = clusterOf('name: a\nworkers: {b: {cpus: 1, labels: {x: "1", y: "2"}}, a: {}}');
  const other = clusterOf('workers: {a: {}, b: {labels: {y: "2", x: "1"}, cpus: 1}}\nname: a');
  assert.deepEqual(one, other);
  assert.deepEqual(
    one.workers.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.notEqual(one.hash, clusterOf('name: a\nworkers: {b: {cpus: 1, labels: {x: "1", y: "3"}}, a: {}}').hash);
});

test('the version is that of package.json', () => {
  const file = join(import.meta.dirname, '../../../package.json');
  assert.equal(version, JSON.parse(readFileSync(file, 'utf8')).version);
});
