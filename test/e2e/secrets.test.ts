// Does a secret stay where it belongs? Canaries in every secret input, a day's work, then a search of everything (SEC7).
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { JobView, WorkerCreated } from '../../services/protocol/index.ts';
import { Canaries, spellings } from '../support/canaries.ts';
import { Clone, type Form } from '../support/clone.ts';
import { ownFolder } from '../support/folder.ts';
import { whyNoDocker } from '../support/lab.ts';

const secretFiles = [
  ...['admin', 'metrics/token'],
  ...['worker-01', 'worker-02', 'worker-03'].map((name) => `classes/${name}/token`),
];
/** What the clone may hold of secrets: the store of them, and each agent's own. */
const allowed = /^\.muster\/(secrets\/.*|workers\/[^/]+\/token)$/;

test('the search finds a secret in each of its spellings, and nothing else', (t) => {
  const folder = ownFolder(t);
  const canaries = new Canaries();
  const secret = `mk_${randomBytes(32).toString('base64url')}`;
  canaries.add('the key', secret);
  const leaks: Record<string, string> = { plain: `a${secret}b`, hex: Buffer.from(secret).toString('hex') };
  for (const before of ['', 'x', 'xx', 'Bearer ']) {
    leaks[`base64-${before.length}`] = Buffer.from(`${before}${secret}yz`).toString('base64');
    leaks[`base64url-${before.length}`] = Buffer.from(`${before}${secret}yz`).toString('base64url');
  }
  for (const [name, text] of Object.entries(leaks)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'innocent'), secret.slice(0, -1));
  const names = Object.keys(leaks).sort();
  deepStrictEqual(
    canaries.inFiles(folder, () => false),
    names.map((name) => `${name}: the key`),
  );
  strictEqual(spellings('a b/c')[1], 'a%20b%2Fc');
});

for (const form of ['embedded', 'docker'] as const) {
  const why = form === 'docker' ? whyNoDocker() : null;
  test(`no secret leaves its file through up, jobs, logs and down (${form})`, why === null ? {} : { skip: why }, (t) =>
    search(t, form),
  );
}

async function search(t: TestContext, form: Form): Promise<void> {
  const clone = await Clone.make(form);
  t.after(() => clone.remove());
  const canaries = new Canaries();
  for (const file of secretFiles) {
    const value = `${file === 'admin' ? 'mk' : 'mc'}_${randomBytes(32).toString('base64url')}`;
    const path = join(clone.home, 'secrets', file);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${value}\n`, { mode: 0o600 });
    canaries.add(file, value);
  }
  chmodSync(clone.home, 0o700);
  const processes = canaries.watchProcesses();
  const said: string[] = [];
  const run = async (...args: string[]): Promise<string> => {
    const { code, stderr, stdout } = await clone.muster(...args);
    strictEqual(code, 0, `${args.join(' ')}: ${stderr}`);
    said.push(stdout, stderr);
    return stdout;
  };

  await run('up-workers');
  const created = await clone.ask<WorkerCreated>('workers', 'create', 'canary');
  canaries.add('a worker’s token', created.token);
  await run('word-count');
  const job: JobView = JSON.parse(await run('jobs', 'submit', '--wait', '--json', '--', 'env'));
  await run('jobs', 'logs', job.id);
  for (const words of ['status', 'jobs list', 'workers list', 'workers show canary', `jobs show ${job.id}`]) {
    await run(...words.split(' '), '--json');
  }
  for (const path of ['/api/v1/jobs?limit=100', '/api/v1/workers', '/api/v1/status']) {
    said.push(JSON.stringify(await clone.get(path)));
  }
  if (form === 'docker') await searchContainers(clone, canaries, said);
  checkModes(clone, form);
  await run('down');

  deepStrictEqual(canaries.in(said.join('\n')), [], 'in what commands and the API said');
  deepStrictEqual(processes(), [], 'in arguments and environments');
  deepStrictEqual(
    canaries.inFiles(clone.folder, (path) => allowed.test(path)),
    [],
    'in files of the clone',
  );
  ok(canaries.inFiles(clone.folder, (path) => !allowed.test(path)).length >= secretFiles.length, 'the canaries lived');
}

/** Their logs, what `docker inspect` says, and the files in their state folders. */
async function searchContainers(clone: Clone, canaries: Canaries, said: string[]): Promise<void> {
  const list = await clone.run('docker', ['compose', '--profile', '*', 'ps', '-a', '--format', '{{.ID}} {{.Service}}']);
  for (const line of list.stdout.trim().split('\n')) {
    const [container = '', service = ''] = line.split(' ');
    const inspected = await clone.run('docker', ['inspect', container]);
    const logs = await clone.run('docker', ['logs', container]);
    said.push(inspected.stdout, logs.stdout, logs.stderr);
    if (service === 'secrets') continue;
    // The patterns travel by a file: as arguments they would be seen by everybody.
    const patterns = join(clone.home, 'secrets', 'patterns');
    writeFileSync(patterns, canaries.patterns, { mode: 0o600 });
    const script = `docker exec -i ${container} grep -rlaF -f - /var/lib/muster <'${patterns}'`;
    // 1: grep read everything and found nothing. An agent's own token, which is there, is none of the canaries.
    deepStrictEqual(await clone.run('sh', ['-c', script]), { code: 1, stdout: '', stderr: '' }, service);
    if (!service.startsWith('worker-')) continue;
    const mode = await clone.run('docker', ['exec', container, 'stat', '-c', '%a', '/var/lib/muster/token']);
    strictEqual(mode.stdout.trim(), '600', service);
  }
}

function checkModes(clone: Clone, form: Form): void {
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  const folder = join(clone.home, 'secrets');
  strictEqual(modeOf(folder), 0o700);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    strictEqual(modeOf(path), entry.isDirectory() ? 0o700 : 0o600, path);
  }
  if (form === 'docker') return;
  for (const worker of readdirSync(join(clone.home, 'workers'))) {
    strictEqual(modeOf(join(clone.home, 'workers', worker, 'token')), 0o600, worker);
  }
}
