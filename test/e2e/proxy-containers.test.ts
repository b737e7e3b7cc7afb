// Does the proxy run in its container: as nobody, without rights, before services that come and go under their names?
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { proxy as catalog } from '../../stacks/catalog/proxy.ts';
import { inContainers } from '../../stacks/configs/in-containers.ts';
import { proxy as configs } from '../../stacks/configs/proxy.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { readSecret } from '../../stacks/drivers/secrets.ts';
import { cleanEnvironment, whyNoDocker } from '../support/lab.ts';
import { clusterOf } from '../support/specs.ts';

const why =
  whyNoDocker() ?? (process.getuid?.() === 0 ? null : 'needs root, to give secrets to the user of the containers');
const skip = why ?? false;
const env = cleanEnvironment();
const project = `muster-proxy-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
const cluster = clusterOf(
  'name: home\nservices: { ollama: { nodes: { a: {}, b: {} } }, open-webui: true, proxy: true }',
);
const [service] = catalog.services(cluster);
const user = 10001;

const docker = (...args: readonly string[]): string =>
  execFileSync('docker', [...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** A server that says `text` to everything, under a name on the network. */
function answering(name: string, aliases: readonly string[], status: number, text: string, port: number): void {
  const script = `require('http').createServer((q, s) => { s.statusCode = ${status}; s.end('${text}'); }).listen(${port})`;
  const named = aliases.flatMap((alias) => ['--network-alias', alias]);
  docker(
    'run',
    '-d',
    '--init',
    '--name',
    `${project}-${name}`,
    '--network',
    project,
    ...named,
    'node:24-bookworm-slim',
    'node',
    '-e',
    script,
  );
}

let port = 0;

before(async () => {
  if (skip) return;
  docker('network', 'create', project);
  for (const { mode, path, text } of configs.render(cluster, inContainers)) {
    mkdirSync(dirname(join(folder, 'configs', path)), { recursive: true });
    writeFileSync(join(folder, 'configs', path), text, { mode });
  }
  await createSecretFiles(
    { folder: join(folder, 'secrets'), owner: user, root: null },
    catalog.secretFiles?.(cluster) ?? [],
  );
  chmodSync(folder, 0o755);
  chownSync(join(folder, 'secrets'), user, user);
  const mounts = [
    ...(service?.configs ?? []).map(({ file, path }) => [join(folder, 'configs', file), path]),
    ...(service?.secrets ?? []).map((mount) => [join(folder, 'secrets', mount.folder), mount.path]),
  ].flatMap(([source, path]) => ['-v', `${source}:${path}:ro`]);
  const scratch = (service?.scratch ?? []).flatMap(({ path, sizeMiB }) => [
    '--tmpfs',
    `${path}:size=${sizeMiB}m,mode=1777,nosuid,nodev,noexec`,
  ]);
  const hardened = [
    '--user',
    `${user}:${user}`,
    '--read-only',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    '--init',
    '--pids-limit',
    '64',
    '-m',
    '256m',
  ];
  const [program = 'sh', ...args] = service?.entrypoint ?? [];
  docker(
    'run',
    '-d',
    '--name',
    `${project}-proxy`,
    '--network',
    project,
    '-p',
    '127.0.0.1::8443',
    ...hardened,
    ...scratch,
    ...mounts,
    '--entrypoint',
    program,
    service?.image.reference ?? '',
    ...args,
  );
  port = Number(docker('port', `${project}-proxy`, '8443').split(':').at(-1));
});

after(() => {
  rmSync(folder, { recursive: true, force: true });
  if (skip) return;
  for (const name of ['proxy', 'ollama-a', 'ollama-b', 'open-webui'])
    spawnSync('docker', ['rm', '-fv', `${project}-${name}`], { env });
  docker('network', 'rm', project);
});

/** Status and body, or null while nobody answers. */
async function ask(path: string, header = ''): Promise<string | null> {
  const ca = readSecret(join(folder, 'secrets/authority/ca.crt')) ?? '';
  return new Promise((resolve) => {
    let got = '';
    const socket = connectTls({ host: '127.0.0.1', port, ca, servername: 'home.localhost' });
    socket
      .setEncoding('utf8')
      .on('data', (text) => (got += text))
      .on('error', () => {});
    socket.once('close', () => resolve(got === '' ? null : `${got.slice(9, 12)} ${got.split('\r\n\r\n')[1]}`));
    socket.write(`GET ${path} HTTP/1.0\r\nHost: home.localhost\r\n${header}\r\n`);
  });
}

async function until(path: string, header: string, holds: (answer: string) => boolean): Promise<void> {
  let last: string | null = null;
  for (const startedAt = Date.now(); Date.now() - startedAt < 20_000; await setTimeout(100)) {
    last = await ask(path, header);
    if (last !== null && holds(last)) return;
  }
  throw new Error(`${path} answers ${last}\n${docker('logs', `${project}-proxy`)}`);
}

const health = (): number | null =>
  spawnSync('docker', ['exec', `${project}-proxy`, ...(service?.health?.command ?? [])], { env }).status;

test('it starts and is healthy while no other service has a name yet', { skip }, async () => {
  await until('/', '', (answer) => answer.startsWith('502 This service does not answer right now.'));
  assert.equal(health(), 0);
});

test('a service is found when it appears, and again at another address', { skip }, async () => {
  answering('open-webui', ['open-webui'], 200, 'one', 8080);
  await until('/', '', (answer) => answer === '200 one');
  docker('rm', '-f', `${project}-open-webui`);
  await until('/', '', (answer) => answer.startsWith('502 '));
  // Another one takes the address that was free.
  answering('ollama-b', ['ollama'], 200, 'b', 11434);
  answering('open-webui', ['open-webui'], 200, 'two', 8080);
  await until('/', '', (answer) => answer === '200 two');
});

test('all servers of models stand behind one name, and one that lacks a model is passed over', { skip }, async () => {
  answering('ollama-a', ['ollama'], 404, 'no such model', 11434);
  const key = `Authorization: Bearer ${readSecret(join(folder, 'secrets/ollama/key'))}\r\n`;
  await until('/muster/ollama/api/tags', key, (answer) => answer.startsWith('404 '));
  for (let count = 0; count < 12; count += 1) assert.equal(await ask('/muster/ollama/v1/models', key), '200 b');
  docker('rm', '-f', `${project}-ollama-a`);
  await until('/muster/ollama/v1/models', key, (answer) => answer === '200 b');
});

test('it writes its requests to the log, and ends with 0 within its grace', { skip }, async () => {
  await ask('/logged?secret=1');
  const log = docker('logs', `${project}-proxy`);
  assert.match(log, /"path":"\/logged","status":"200"/);
  assert.doesNotMatch(log, /secret=1/);
  assert.doesNotMatch(log, /\[(emerg|alert|crit)\]/);
  const startedAt = performance.now();
  docker('stop', '-t', String(service?.graceSeconds), `${project}-proxy`);
  assert.ok(performance.now() - startedAt < 10_000);
  assert.equal(docker('inspect', '-f', '{{.State.ExitCode}}', `${project}-proxy`), '0');
});
