// Are agent and orchestrator single files that need no Node? Built, checked, and run where there is nothing else.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, type TestContext, test } from 'node:test';
import type { JobView } from '../../services/protocol/index.ts';
import type { Executable } from '../../stacks/cli/executables.ts';
import { bundle } from '../../stacks/drivers/bundle.ts';
import { createClient } from '../../stacks/drivers/orchestrator.ts';
import { nodeFlags } from '../../stacks/index.ts';
import { Clone, eventually, freePort } from '../support/clone.ts';
import { fillRoot, inRoot, whyNoRoot } from '../support/empty-root.ts';
import { ownFolder } from '../support/folder.ts';
import { textOf } from '../support/sources.ts';

const names = ['agent-linux-x64', 'orchestrator-linux-x64', 'agent-linux-arm64', 'orchestrator-linux-arm64'];
const [agentX64, orchestratorX64, agentArm64, orchestratorArm64] = names.map((name) => `muster-${name}`) as [
  ...[string, string, string, string],
];
const here = { agent: `muster-agent-linux-${process.arch}`, orchestrator: `muster-orchestrator-linux-${process.arch}` };
const whyNot = whyNoRoot();

let clone: Clone;
let other: Clone;
let built: readonly Executable[];
before(async () => {
  [clone, other] = [await Clone.make('embedded'), await Clone.make('embedded')];
  built = await build(clone);
});
after(async () => {
  for (const each of [clone, other]) await each.remove();
});

async function build(where: Clone, ...args: string[]): Promise<readonly Executable[]> {
  return (await where.ask<{ executables: Executable[] }>('build-executables', ...args)).executables;
}
const pathOf = (name: string, where = clone): string => join(where.folder, 'build/executables', name);
const digests = (of: readonly Executable[]) => Object.fromEntries(of.map(({ name, sha256 }) => [name, sha256]));
const builtNow = (of: readonly Executable[]) => of.filter((each) => each.built).map(({ name }) => name);

test('four files of less than 120 MB, the installer and the release, with their digests', (t) => {
  deepStrictEqual(builtNow(built), [agentX64, orchestratorX64, agentArm64, orchestratorArm64]);
  for (const { name, bytes } of built) {
    t.diagnostic(`${name}: ${(bytes / 1e6).toFixed(1)} MB`);
    ok(bytes < 120e6, name);
  }
  const checked = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: pathOf(''), encoding: 'utf8' });
  deepStrictEqual([checked.status, checked.stdout.match(/: OK$/gm)?.length], [0, 6]);
});

test('another clone builds the same bytes', async () => {
  const again = digests(await build(other, '--platform', 'linux-x64'));
  deepStrictEqual(again, digests(built.slice(0, 2)));
});

test('what is fresh stays, and what is damaged is built again', async () => {
  const said = await other.muster('build-executables', '--platform', 'linux-x64');
  strictEqual(said.stdout, 'muster: every executable is there, nothing to build\n');
  appendFileSync(pathOf(agentX64, other), 'x');
  const mended = await build(other, '--platform', 'linux-x64');
  deepStrictEqual([builtNow(mended), digests(mended)], [[agentX64], digests(built.slice(0, 2))]);
});

test('a platform that there is none for is refused, with those that there are', async () => {
  const said = await clone.muster('build-executables', '--platform', 'linux-x64,linux-riscv64');
  strictEqual(said.code, 2);
  strictEqual(
    said.stderr,
    'muster: --platform: expected linux-x64 or linux-arm64, got "linux-riscv64"\n' +
      '   → with commas between: --platform linux-x64,linux-arm64\n',
  );
});

test('each is for its processor, holds its bundle, and starts it', async (t) => {
  const bundles = await bundle(clone.folder, ownFolder(t));
  const machines = { 'linux-x64': 0x3e, 'linux-arm64': 0xb7 };
  for (const { name, platform } of built) {
    const file = readFileSync(pathOf(name));
    deepStrictEqual([file.subarray(0, 6).toString('hex'), file.readUInt16LE(18)], ['7f454c460201', machines[platform]]);
    ok(file.includes(readFileSync(name.includes('agent') ? bundles.agent : bundles.orchestrator)), name);
    ok(file.includes('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1'), name);
    ok(!file.includes(clone.folder), `${name} names a folder of the machine that built it`);
  }
});

test('the flags of Node are those of the images', () => {
  for (const daemon of ['agent', 'orchestrator'] as const) {
    ok(textOf(`services/${daemon}/Dockerfile`).includes(` ${nodeFlags[daemon].join(' ')} /opt/`), daemon);
  }
});

const admin = 'mk_admin';
const environments = (port: number) => ({
  orchestrator: {
    MUSTER_LISTEN: `127.0.0.1:${port}`,
    MUSTER_STATE: '/state',
    MUSTER_SECRETS: '/secrets',
    MUSTER_CLASSES: '[{"name": "worker", "maxReplicas": 1}]',
  },
  agent: {
    MUSTER_ORCHESTRATOR_URL: `http://127.0.0.1:${port}`,
    MUSTER_WORKER_CLASS: 'worker',
    MUSTER_TOKEN_FILE: '/secrets/classes/worker/token',
    MUSTER_STATE: '/agent',
    MUSTER_HEALTH: '127.0.0.1:0',
    // Whoever sets this cannot change what runs.
    NODE_OPTIONS: '--require=/nothing.cjs',
  },
});

/** A root with both executables, what an agent starts jobs with, and the secrets. */
function rootOf(t: TestContext): string {
  const folder = ownFolder(t);
  const programs = ['/bin/sh', '/usr/bin/mkfifo', '/bin/grep'];
  fillRoot(folder, [pathOf(here.agent), pathOf(here.orchestrator), ...programs]);
  for (const made of ['state', 'agent', 'secrets/classes/worker']) {
    mkdirSync(join(folder, made), { recursive: true, mode: 0o700 });
  }
  writeFileSync(join(folder, 'secrets/admin'), `${admin}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'secrets/classes/worker/token'), 'mc_worker\n', { mode: 0o600 });
  return folder;
}

test('both run a job together where there is nothing but libraries', { skip: whyNot ?? false }, async (t) => {
  const root = rootOf(t);
  const port = await freePort();
  const running: ChildProcess[] = [];
  t.after(async () => {
    for (const child of running) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL') && (await once(child, 'exit'));
    }
  });
  const start = (daemon: 'agent' | 'orchestrator', ...args: string[]) => {
    const [program, ...words] = inRoot(root, `/bin/${here[daemon]}`, ...args);
    const env = { PATH: process.env.PATH, ...environments(port)[daemon] };
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    return child;
  };
  const exitCode = async (daemon: 'agent' | 'orchestrator', ...args: string[]) =>
    (await once(start(daemon, ...args), 'close'))[0];

  for (const daemon of ['agent', 'orchestrator'] as const) {
    const version = start(daemon, '--version');
    strictEqual(await text(version.stdout as NodeJS.ReadableStream), `${JSON.parse(textOf('package.json')).version}\n`);
  }
  const orchestrator = start('orchestrator');
  const client = createClient({ url: `http://127.0.0.1:${port}`, key: admin, retryMs: 20_000 });
  const command = ['sh', '-c', 'echo "$0 in $PWD"', 'hello'];
  const { id } = await client.call<JobView>('POST', '/api/v1/jobs', { command });
  strictEqual(await exitCode('orchestrator', 'health'), 0);
  const agent = start('agent');
  const ended = async () => {
    const job = await client.call<JobView>('GET', `/api/v1/jobs/${id}`);
    return ['succeeded', 'failed'].includes(job.state) ? job : null;
  };
  const job = await eventually('the job ended', ended, 20);
  deepStrictEqual([job.state, job.exitCode, job.detail], ['succeeded', 0, null]);
  match(await text(await client.download(`/api/v1/jobs/${id}/logs`)), /^hello in \/agent\/jobs\/.+\n$/);
  strictEqual(await exitCode('agent', 'health'), 0);

  const told = (of: string) => readFileSync(`/proc/${agent.pid}/${of}`, 'utf8');
  const ownKiB = Number(/RssAnon:\s+(\d+)/.exec(told('status'))?.[1]);
  t.diagnostic(`the agent's own memory: ${(ownKiB / 1024).toFixed(1)} MiB`);
  deepStrictEqual(told('maps').match(/^.* rwxp .*$/gm), null, 'there is a JIT: the flags of Node do not count');
  for (const child of [agent, orchestrator]) {
    child.kill('SIGTERM');
    deepStrictEqual(await once(child, 'exit'), [0, null]);
  }
});

test('what became stale is built again, or goes', async () => {
  const version = join(clone.folder, 'services/agent/version.ts');
  writeFileSync(version, readFileSync(version, 'utf8').replace(/'[\d.]+'/, "'99.0.0'"));
  const next = await clone.muster('build-executables', '--platform', 'linux-arm64');
  match(next.stdout, /^ {2}built {5}muster-agent-linux-arm64 {2}[\d.]+ s$/m);
  strictEqual(existsSync(pathOf(agentX64)), false);
  const listed = readFileSync(pathOf('SHA256SUMS'), 'utf8').matchAll(/^[0-9a-f]{64} {2}(.+)$/gm);
  deepStrictEqual(
    [...listed].map(([, name]) => name),
    ['RELEASE', 'install.sh', agentArm64, orchestratorArm64, orchestratorX64],
  );
});
