// Does the embedded form come up, stay, mend itself and go, with the real daemons?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { WorkerList } from '../../../services/protocol/index.ts';
import { ended, signal } from '../../../stacks/drivers/processes.ts';
import { ownPlace, type Place } from './support.ts';

let place: Place;
const pids = () => Object.fromEntries(place.living().map(({ name, pid }) => [name, pid]));

before(async () => {
  place = await ownPlace();
});
after(() => place.clear());

test('a taken port is told with its owner and the remedy, and nothing is started', async (t) => {
  const server = createServer().listen(place.port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { code, stderr } = await place.muster('up');
  strictEqual(code, 3);
  match(
    stderr,
    new RegExp(`port ${place.port} is taken by ".+" \\(pid ${process.pid}\\)\\n   → MUSTER_PORT=${place.port + 1}`),
  );
  deepStrictEqual(place.living(), []);
});

test('up says that it is embedded and why, and ends with the workers and the next commands', async () => {
  const { code, stderr, stdout } = await place.muster('up');
  strictEqual(`${code} ${stderr}`, '0 ');
  match(stdout, /embedded: .*because no Docker engine answered \(unix:\/\/.*no-docker\.sock: no such file\)/);
  match(stdout, /not the same as Docker/);
  match(stdout, /\nworker-03 +idle +\d\/\d +4 GiB +– +\d+\.\d+\.\d+ +size=small\n/);
  match(
    stdout,
    new RegExp(`\\nhttp://127\\.0\\.0\\.1:${place.port}   key in .*/secrets/admin\\nnext:  make word-count`),
  );
  strictEqual(statSync(join(place.home, 'secrets/admin')).mode & 0o777, 0o600);
  deepStrictEqual(Object.keys(pids()).sort(), ['orchestrator', 'supervisor', 'worker-01', 'worker-02', 'worker-03']);
});

test('a second up changes nothing and says so', async () => {
  const earlier = pids();
  const { stdout } = await place.muster('up');
  const [first, ...others] = stdout.trimEnd().split('\n');
  strictEqual(first, 'muster: cluster "home" is up, nothing to change (3 workers idle)');
  // What is still left out is said again; nothing else is.
  deepStrictEqual(
    others.filter((line) => line !== '' && !/^left out | +→ /.test(line)),
    [],
  );
  deepStrictEqual(pids(), earlier);
});

test('no process carries a secret in its arguments', () => {
  const secret = /\bm[kc]_[A-Za-z0-9_-]{20}/;
  deepStrictEqual(
    place.living().filter(({ args }) => args.some((one) => secret.test(one))),
    [],
  );
});

test('a killed supervisor is replaced, and its daemons stay as they are', async () => {
  const earlier = pids();
  const supervisor = place.living().filter(({ name }) => name === 'supervisor');
  for (const one of supervisor) signal(one, 'SIGKILL');
  ok(await ended(supervisor, 5000));
  strictEqual((await place.muster('up')).code, 0);
  const { supervisor: now, ...daemons } = pids();
  const { supervisor: then, ...same } = earlier;
  deepStrictEqual(daemons, same);
  ok(now !== undefined && now !== then);
});

test('a killed worker comes back by itself', async () => {
  const killed = place.living().filter(({ name }) => name === 'worker-02');
  for (const one of killed) signal(one, 'SIGKILL');
  ok(await ended(killed, 5000));
  const { workers } = await place.json<WorkerList>('up');
  deepStrictEqual(
    workers.map(({ name }) => name),
    ['worker-01', 'worker-02', 'worker-03'],
  );
});

test('logs shows what a daemon printed, and names the others when there is no such one', async () => {
  ok(existsSync(join(place.home, 'logs/worker-01.log')));
  const { code, stderr } = await place.muster('logs', 'worker-99');
  strictEqual(code, 1);
  match(stderr, /there is no log of "worker-99"\n {3}→ choose from: orchestrator supervisor worker-01/);
});

test('down ends everything, also without its supervisor, and a second one finds nothing', async () => {
  for (const one of place.living().filter(({ name }) => name === 'supervisor')) signal(one, 'SIGKILL');
  const { code, stdout } = await place.muster('down');
  strictEqual(code, 0);
  match(stdout, /^muster: stopped orchestrator worker-01 worker-02 worker-03\n/);
  match(stdout, /to delete it too: npx --no muster down --volumes\n/);
  deepStrictEqual(place.living(), []);
  strictEqual((await place.muster('down')).stdout, 'muster: nothing runs\n');
});

test('after down a question is answered at once: nobody is there', async () => {
  const startedAt = performance.now();
  const { code, stderr } = await place.muster('status');
  strictEqual(code, 3);
  match(stderr, /no orchestrator answers at .*\n {3}→ make up-workers/);
  ok(performance.now() - startedAt < 2000);
});
