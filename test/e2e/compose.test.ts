// Does plain `docker compose` run the cluster, without Node, once the images are built?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobView, WorkerList } from '../../services/protocol/index.ts';
import { Clone, eventually, type Said } from '../support/clone.ts';
import { whyNoDocker } from '../support/lab.ts';

const why = whyNoDocker();
const options = why === null ? {} : { skip: why };
let clone: Clone;

before(async () => {
  if (why === null) clone = await Clone.make('docker');
});
after(async () => {
  if (why === null) await clone.remove();
});

const compose = (args: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<Said> =>
  clone.run('docker', ['compose', ...args], extra);
const idle = async (count: number): Promise<string[]> =>
  eventually(`${count} workers are idle`, async () => {
    const { workers } = await clone.get<WorkerList>('/api/v1/workers');
    const names = workers.filter((worker) => worker.state === 'idle').map((worker) => worker.name);
    return names.length === count && names.sort();
  });

test(
  'after make build-all three workers start by plain docker compose, and the one-shot makes the secrets',
  options,
  async () => {
    const built = await clone.make('build-all');
    strictEqual(built.code, 0, built.stderr);
    const up = await compose(['up', '-d', 'worker-01', 'worker-02', 'worker-03']);
    strictEqual(up.code, 0, up.stderr);
    deepStrictEqual(await idle(3), ['worker-01', 'worker-02', 'worker-03']);
    for (const file of ['admin', 'metrics/token', 'classes/worker-01/token']) {
      strictEqual(statSync(join(clone.home, 'secrets', file)).mode & 0o777, 0o600, file);
    }
  },
);

test('docker compose up --scale gives three idle workers of one class with unique names', options, async () => {
  const up = await compose(['up', '-d', '--no-recreate', '--scale', 'worker-01=3']);
  strictEqual(up.code, 0, up.stderr);
  deepStrictEqual(await idle(5), ['worker-01', 'worker-01-2', 'worker-01-3', 'worker-02', 'worker-03']);
});

test('docker compose logs shows what a worker does', options, async () => {
  match((await compose(['logs', 'worker-02'])).stdout, /registered/i);
});

test('a worker advertises what its container has, not what the host has', options, async () => {
  const { workers } = await clone.get<WorkerList>('/api/v1/workers');
  const small = workers.find((worker) => worker.name === 'worker-03');
  ok(small && small.cpus <= 2 && small.memoryMiB <= 4096, JSON.stringify(small));
});

test('with MUSTER_ORCHESTRATOR_URL set the workers start alone', options, async () => {
  const alone = { MUSTER_ORCHESTRATOR_URL: 'http://10.255.255.1:8080', COMPOSE_PROJECT_NAME: `${clone.project}-alone` };
  try {
    const up = await compose(['up', '-d', 'worker-03'], alone);
    strictEqual(up.code, 0, up.stderr);
    const services = (await compose(['ps', '-a', '--services'], alone)).stdout.trim().split('\n').sort();
    deepStrictEqual(services, ['secrets', 'worker-03']);
  } finally {
    await compose(['--profile', '*', 'down', '--volumes', '--timeout', '1'], alone);
  }
});

test('a class may bring its own image, and its jobs find the tools of that image', options, async () => {
  const spec = 'name: home\nworkers:\n  python:\n    cpus: 1\n    memory: 1GiB\n    image: python:3-slim-bookworm\n';
  writeFileSync(join(clone.folder, 'cluster.yaml'), spec);
  const up = await clone.make('up-workers');
  strictEqual(up.code, 0, up.stderr + up.stdout);
  const script = 'import sys; print("python", sys.version_info[0])';
  const job = await clone.ask<JobView>('jobs', 'submit', '--wait', '--', 'python3', '-c', script);
  strictEqual(job.worker, 'python');
  strictEqual((await clone.muster('jobs', 'logs', job.id)).stdout, 'python 3\n');
});

test('no container runs as root, and none can write its own root file system', options, async () => {
  const list = (await compose(['ps', '-q'])).stdout.trim().split('\n');
  ok(list.length >= 2);
  for (const container of list) {
    const id = await clone.run('docker', ['exec', container, 'sh', '-c', 'id -u; touch /opt/muster/x 2>&1; true']);
    match(id.stdout, /^10001\n.*Read-only file system/);
  }
});
