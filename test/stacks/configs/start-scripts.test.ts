// Are the start scripts sh that a checker accepts, in containers and on one host, whatever a spec may hold?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inContainers } from '../../../stacks/configs/in-containers.ts';
import { configFiles } from '../../../stacks/configs/index.ts';
import type { Surroundings } from '../../../stacks/configs/types.ts';
import { clusterOf, specs } from '../../support/specs.ts';

const onHost: Surroundings = {
  kind: 'processes',
  address: (_, port) => `127.0.0.1:${port}`,
  addresses: (_, port) => [`127.0.0.1:${port}`],
  bind: () => '127.0.0.1',
  listen: (_, port) => port,
  program: (name) => name,
  config: (file) => `/home/a user's/configs/${file}`,
  secret: (path) => `/home/a user's/secrets/${path}`,
  folder: (source: string) => source,
  scratch: (service) => `/home/a user's/scratch/${service}`,
  state: (service) => `/home/a user's/state/${service}`,
};

const odd = `
name: a
services:
  dask: {tls: true, dashboard: false, workers: {b: {processes: 3, resources: {GPU: 0.5, ML-x_1: 2}}}}
  ollama: {nodes: {x: {models: ["reg.example.org:5000/team/m:1", nomic-embed-text:v1.5], modelsPath: ./with blank}, z: {}}}
  open-webui: {title: "& | ; * ? ~ (ü)", admin: a+b@example.org}
  proxy: {hosts: [ai.example.org, localhost], httpsPort: 8443}
`;

const scriptsOf = (text: string, at: Surroundings) =>
  configFiles(clusterOf(text), at).filter(({ path }) => path.endsWith('.sh'));

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;

for (const [name, at] of Object.entries({ containers: inContainers, processes: onHost })) {
  test(`every start script for ${name} is sh without findings`, { skip: !shellcheck && 'shellcheck is absent' }, () => {
    for (const text of [odd, ...specs.values()]) {
      for (const { path, text: script } of scriptsOf(text, at)) {
        const { status, stdout } = spawnSync('shellcheck', ['--shell=sh', '-'], { input: script, encoding: 'utf8' });
        assert.equal(status, 0, `${path}\n${stdout}`);
      }
    }
  });
}

/** What the lines that export variables leave in the environment. */
function exported(script: string): Readonly<Record<string, string>> {
  const lines = script.split('\n').filter((line) => /^(export \w+=|set )/.test(line));
  const { stdout } = spawnSync('sh', ['-c', [...lines, 'env -0'].join('\n')], { env: {}, encoding: 'utf8' });
  return Object.fromEntries(stdout.split('\0').map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}

const script = (path: string, at: Surroundings = inContainers): string =>
  scriptsOf(odd, at).find((file) => file.path === path)?.text ?? '';

test('the chat page knows every address that it is reached by, and every server', () => {
  const page = exported(script('open-webui/start.sh'));
  assert.equal(page.WEBUI_NAME, '& | ; * ? ~ (ü)');
  assert.equal(page.WEBUI_URL, 'https://ai.example.org:8443');
  assert.deepEqual(page.CORS_ALLOW_ORIGIN?.split(';'), [
    'https://ai.example.org:8443',
    'https://localhost:8443',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
  ]);
  assert.equal(page.OLLAMA_BASE_URLS, 'http://ollama-x:11434;http://ollama-z:11434');
  assert.deepEqual(
    [page.RAG_EMBEDDING_MODEL, page.RAG_OLLAMA_BASE_URL, page.BYPASS_EMBEDDING_AND_RETRIEVAL],
    ['nomic-embed-text:v1.5', 'http://ollama-x:11434', undefined],
  );
});

test('without the proxy cookies travel without TLS; without Ollama other connections are kept', () => {
  const [page] = scriptsOf('name: a\nservices: {open-webui: {port: 3333}}', inContainers);
  const { ENABLE_PERSISTENT_CONFIG, ENABLE_OLLAMA_API, WEBUI_SESSION_COOKIE_SECURE, WEBUI_URL } = exported(
    page?.text ?? '',
  );
  assert.deepEqual(
    [ENABLE_PERSISTENT_CONFIG, ENABLE_OLLAMA_API, WEBUI_SESSION_COOKIE_SECURE, WEBUI_URL],
    [undefined, 'False', 'False', 'http://localhost:3333'],
  );
});

test('processes of one host listen on loopback only, and find what is theirs', () => {
  const server = exported(script('ollama/ollama-x.sh', onHost));
  assert.deepEqual(
    [server.OLLAMA_HOST, server.OLLAMA_MODELS, server.OLLAMA_NOPRUNE],
    ['127.0.0.1:11434', './with blank', '1'],
  );
  assert.equal(exported(script('ollama/ollama-z.sh', onHost)).OLLAMA_MODELS, "/home/a user's/state/ollama-z/models");
  assert.match(script('dask/scheduler.sh', onHost), /--host 127\.0\.0\.1 .*--dashboard-address 127\.0\.0\.1:8787 /s);
  assert.match(
    script('dask/b.sh', onHost),
    /exec dask worker tls:\/\/127\.0\.0\.1:8786 .*--dashboard-address 127\.0\.0\.1:9002 /s,
  );
});

test('each process of a worker has ports of its own, and each container of it a name', () => {
  const worker = script('dask/b.sh');
  assert.match(worker, /--worker-port 9100:9102 \\\n {2}--nanny-port 9400:9402 /);
  assert.match(worker, /--name b-"\$\(uname -n\)"-\$\$ /);
  assert.match(worker, /--resources GPU=0\.5,ML-x_1=2 /);
});
