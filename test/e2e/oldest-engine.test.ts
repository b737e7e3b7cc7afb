// Does the stack run on the oldest Docker that is supported: healthy, computing, answering, and gone without a trace?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { JobView } from '../../services/protocol/index.ts';
import { Clone, freePort, type Said } from '../support/clone.ts';
import { whyNoDocker } from '../support/lab.ts';
import { copyTiny, tinyAnswer, whyNoModel } from '../support/models.ts';

const why = whyNoDocker('oldest') ?? whyNoModel();
const options = why === null ? { timeout: 400_000 } : { skip: why };
let clone: Clone;
let https: number;

type Status = { readonly services: readonly { readonly name: string; readonly states: readonly string[] }[] };

const secret = (path: string): string => readFileSync(join(clone.home, 'secrets', path), 'utf8').trim();
const docker = async (...args: string[]): Promise<string> => {
  const { code, stderr, stdout } = await clone.run('docker', args);
  strictEqual(code, 0, stderr);
  return stdout.trim();
};
const succeeded = ({ code, stderr, stdout }: Said): void => strictEqual(code, 0, stderr + stdout);

before(async () => {
  if (why !== null) return;
  clone = await Clone.make('docker', 'oldest');
  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
  const [http, ollama, prometheus, alertmanager] = ports;
  https = ports[4];
  copyTiny(join(clone.folder, 'models'));
  // The folder is the user's; the server runs as somebody else.
  for (const folder of ['models', 'models/blobs', 'models/manifests']) chmodSync(join(clone.folder, folder), 0o777);
  // Without Open WebUI and Grafana: this engine has no image of them.
  writeFileSync(
    join(clone.folder, 'cluster.yaml'),
    `name: oldest
workers:
  worker: { cpus: 1, memory: 256MiB }
services:
  dask: { workers: { cpu: { cpus: 1, memory: 768MiB } } }
  ollama: { models: ["tiny:1"], modelsPath: models, cpus: 2, memory: 2GiB, port: ${ollama} }
  proxy: { httpPort: ${http}, httpsPort: ${https} }
  prometheus: { port: ${prometheus} }
  alertmanager: { port: ${alertmanager} }
`,
  );
});
after(async () => {
  if (why === null) await clone.remove();
});

test('make up brings every service up, and each is healthy', options, async (t) => {
  const version = await docker('version', '--format', '{{.Server.Version}}');
  match(version, /^20\.10\./);
  const startedAt = performance.now();
  succeeded(await clone.make('up'));
  t.diagnostic(`Docker ${version}: well after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  const names = [
    'alertmanager',
    'dask-cpu',
    'dask-scheduler',
    'ollama',
    'orchestrator',
    'prometheus',
    'proxy',
    'worker',
  ];
  const { services } = await clone.ask<Status>('status');
  deepStrictEqual(
    services.map(({ name, states }) => [name, states]),
    names.map((name) => [name, ['healthy']]),
  );
});

test('a second up changes nothing', options, async () => {
  const list = ['ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${clone.project}`];
  const same = (await docker(...list)).split('\n').sort();
  succeeded(await clone.make('up'));
  deepStrictEqual((await docker(...list)).split('\n').sort(), same);
});

test('a job runs', options, async () => {
  const job = await clone.ask<JobView>('jobs', 'submit', '--wait', '--', 'sh', '-c', 'echo "$((6 * 7))"');
  strictEqual(job.worker, 'worker');
  strictEqual((await clone.muster('jobs', 'logs', job.id)).stdout, '42\n');
});

test('the example computes on Dask what it computes without', options, async () => {
  const said = await clone.muster('dask', 'run', 'stacks/examples/dask-letters/letters.py');
  succeeded(said);
  const lines = said.stdout.trimEnd().split('\n');
  strictEqual(lines.at(-1), 'equal');
  match(lines.at(-2) ?? '', /^[1-9]\d* texts on [1-9]\d* process(?:es)? in [\d.]+ s$/);
});

/** Asks the models through the proxy. */
function ask(key: string | null): Promise<{ readonly status: number; readonly text: string }> {
  const body = JSON.stringify({ model: 'tiny:1', prompt: 'Who are you?', stream: false });
  const headers = { 'content-type': 'application/json', ...(key !== null && { authorization: `Bearer ${key}` }) };
  const ca = readFileSync(join(clone.home, 'secrets/authority/ca.crt'));
  const options = { host: '127.0.0.1', servername: 'oldest.localhost', port: https, ca, method: 'POST' };
  return new Promise((resolve, reject) => {
    const call = request({
      ...options,
      path: '/muster/ollama/api/generate',
      headers: { ...headers, host: 'oldest.localhost' },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    call.end(body);
  });
}

test('the model answers through the proxy whoever has the key, and nobody else', options, async () => {
  const { status, text } = await ask(secret('ollama/key'));
  strictEqual(status, 200, text);
  const { response } = JSON.parse(text) as { response: string };
  ok(response.includes(tinyAnswer.first) && response.includes(tinyAnswer.last), response);
  strictEqual((await ask(null)).status, 401);
});

test('down leaves no container and no network, and the volumes only until they are asked for', options, async () => {
  const own = ['--filter', `label=com.docker.compose.project=${clone.project}`, '-q'];
  succeeded(await clone.muster('down'));
  deepStrictEqual([await docker('ps', '-a', ...own), await docker('network', 'ls', ...own)], ['', '']);
  ok((await docker('volume', 'ls', ...own)) !== '');
  succeeded(await clone.muster('down', '--volumes', '--yes'));
  strictEqual(await docker('volume', 'ls', ...own), '');
});
