// Does the program start, refuse and stop as it says, and keep what it acknowledged?
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, testEnvironment } from './support/orchestrator.ts';
import { runCommand, spawnOrchestrator } from './support/process.ts';

const submit = { command: ['true'] };

test('what was acknowledged survives kill -9, and the fences go on from a higher epoch', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const first = await spawnOrchestrator(t, folder);
  const answers = await Promise.all(Array.from({ length: 20 }, () => first.admin.post('/api/v1/jobs', submit)));
  assert.equal(await first.end('SIGKILL'), null);
  const second = await spawnOrchestrator(t, folder);
  const { json } = await second.admin.get('/api/v1/jobs');
  const ids = (jobs: { id: string }[]): string[] => jobs.map((job) => job.id).sort();
  assert.deepEqual(ids(json.jobs), ids(answers.map((answer) => answer.json)));
});

test('a write-ahead log that was cut after kill -9 is noticed: exit 5, never a start with fewer jobs', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const first = await spawnOrchestrator(t, folder);
  for (let count = 0; count < 3; count++) await first.admin.post('/api/v1/jobs', submit);
  await first.end('SIGKILL');
  const log = join(folder, 'muster.db-wal');
  truncateSync(log, statSync(log).size - 4096);
  const { code, err } = await runCommand([], testEnvironment(folder));
  assert.equal(code, 5);
  assert.match(err, /behind its commit mark/);
});

test('a second orchestrator on the same folder ends with exit 6', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  await spawnOrchestrator(t, folder);
  const { code, err } = await runCommand([], testEnvironment(folder));
  assert.equal(code, 6);
  assert.equal(err, `muster-orchestrator: another orchestrator is running on ${folder}; stop it first\n`);
});

test('SIGTERM ends it with exit 0, and its log holds no key', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const running = await spawnOrchestrator(t, folder, { MUSTER_LOG_LEVEL: 'trace' });
  let log = '';
  running.child.stdout?.on('data', (chunk) => (log += chunk));
  await running.admin.post('/api/v1/jobs', submit);
  await running.admin.call('GET', '/api/v1/status', { headers: { authorization: 'Bearer wt_wrong-secret' } });
  assert.equal(await running.end('SIGTERM'), 0);
  assert.match(log, /job.submitted/);
  assert.doesNotMatch(log, new RegExp(`wrong-secret|${readFileSync(join(folder, 'secrets', 'admin'), 'utf8').trim()}`));
});

test('health is exit 0 while it serves and 1 when it does not', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const running = await spawnOrchestrator(t, folder);
  const env = testEnvironment(folder, { env: { MUSTER_LISTEN: new URL(running.admin.url).host } });
  assert.equal((await runCommand(['health'], env)).code, 0);
  await running.end('SIGTERM');
  assert.equal((await runCommand(['health'], env)).code, 1);
});

test('its version is the one of the repository', async () => {
  const facts = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  assert.equal((await runCommand(['--version'], {})).out, `${facts.version}\n`);
});

test('all that is wrong with the settings is said at once, with exit 2', async (t) => {
  const env = testEnvironment(temporaryFolder(t), {
    env: { MUSTER_LISTEN: 'here', MUSTER_LEASE_TTL_SECONDS: '1', MUSTER_ACCEPT_SECONDS: '-1', MUSTER_CLASSES: '[{}]' },
  });
  const { code, err } = await runCommand([], env);
  assert.equal(code, 2);
  assert.deepEqual(err.trimEnd().split('\n'), [
    'muster-orchestrator: MUSTER_LISTEN: expected host:port, such as 127.0.0.1:8080, got "here"',
    'muster-orchestrator: MUSTER_HEARTBEAT_SECONDS: expected at most a third of MUSTER_LEASE_TTL_SECONDS',
    'muster-orchestrator: MUSTER_CLASSES/0/name: expected string, got undefined',
    'muster-orchestrator: MUSTER_CLASSES/0/maxReplicas: expected number, got undefined',
    'muster-orchestrator: MUSTER_ACCEPT_SECONDS: expected seconds from 0.001 to 86400, got "-1"',
  ]);
});

test('without an admin key, and with a port that is taken, it ends with exit 3 and one sentence', async (t) => {
  const folder = temporaryFolder(t);
  const before = await runCommand([], testEnvironment(folder));
  assert.equal(before.code, 3);
  assert.match(
    before.err,
    /^muster-orchestrator: there is no admin key in .*admin; make it with: muster up, or docker compose up secrets\n$/,
  );
  await runCommand(['secrets'], testEnvironment(folder));
  const running = await spawnOrchestrator(t, folder);
  const other = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(other));
  const { host } = new URL(running.admin.url);
  const after = await runCommand([], testEnvironment(other, { env: { MUSTER_LISTEN: host } }));
  assert.equal(after.code, 3);
  assert.match(after.err, /^muster-orchestrator: cannot listen on .*EADDRINUSE.*\n$/);
});

test('secrets makes only what is missing, readable by its owner alone', async (t) => {
  const folder = temporaryFolder(t);
  const first = await runCommand(['secrets'], testEnvironment(folder));
  const admin = join(folder, 'secrets', 'admin');
  const metrics = join(folder, 'secrets', 'metrics', 'token');
  const member = join(folder, 'secrets', 'classes', 'worker-01', 'token');
  assert.deepEqual(first.out.trimEnd().split('\n'), [
    'made admin',
    'made metrics/token',
    'made classes/worker-01/token',
  ]);
  assert.match(readFileSync(admin, 'utf8'), /^mk_[A-Za-z0-9_-]{43}\n$/);
  assert.match(readFileSync(metrics, 'utf8'), /^mm_[A-Za-z0-9_-]{43}\n$/);
  assert.match(readFileSync(member, 'utf8'), /^mc_[A-Za-z0-9_-]{43}\n$/);
  assert.deepEqual([statSync(admin).mode & 0o777, statSync(join(folder, 'secrets')).mode & 0o777], [0o600, 0o700]);
  const key = readFileSync(admin, 'utf8');
  rmSync(member);
  const second = await runCommand(['secrets'], testEnvironment(folder));
  assert.deepEqual([second.out, readFileSync(admin, 'utf8')], ['made classes/worker-01/token\n', key]);
});

test('secrets that cannot be written name the user and the remedy', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets', 'classes'), 'a file in the way');
  const { code, err } = await runCommand(['secrets'], testEnvironment(folder));
  assert.equal(code, 3);
  assert.match(
    err,
    new RegExp(`user ${process.getuid?.()} cannot write .*MUSTER_UID=\\$\\(id -u\\) docker compose up -d`),
  );
});

test('secrets names each file that only the user can bring, and each mistake in its list', async (t) => {
  const folder = temporaryFolder(t);
  const run = (list: unknown) =>
    runCommand(['secrets'], testEnvironment(folder, { env: { MUSTER_SECRET_FILES: JSON.stringify(list) } }));
  const given = await run([{ kind: 'given', path: 'proxy/tls.crt', source: 'site.pem' }]);
  assert.deepEqual(
    [given.code, given.out],
    [0, 'proxy/tls.crt is missing: it is a copy of a file that only `muster up` sees; run that once\n'],
  );
  const wrong = await run([{ kind: 'token', path: '../admin', prefix: 'mk' }, { kind: 'password' }]);
  assert.equal(wrong.code, 2);
  assert.deepEqual(wrong.err.trimEnd().split('\n'), [
    'muster-orchestrator: MUSTER_SECRET_FILES/0/path: expected a path below the secrets folder, such as classes/a/token',
    'muster-orchestrator: MUSTER_SECRET_FILES/1/path: expected string, got undefined',
  ]);
});
