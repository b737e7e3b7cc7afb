// Are the chat page and its models reached under the right names, and does each see its own secrets only?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretFiles, services } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const all = (text: string) => services(clusterOf(`name: a\nservices: ${text}`));
const named = (text: string, name: string) => {
  const service = all(text).find((candidate) => candidate.name === name);
  assert.ok(service !== undefined, name);
  return service;
};

test('several Ollama servers answer under one name, and one of them has the port of the host', () => {
  const servers = all('{ollama: {nodes: {big: {gpus: 1}, small: {gpus: none, replicas: 2}}}}').filter(({ name }) =>
    name.startsWith('ollama'),
  );
  assert.deepEqual(
    servers.map(({ aliases, gpus, name, ports, scalable }) => [name, aliases, gpus.kind, ports.length, scalable]),
    [
      ['ollama-big', ['ollama'], 'count', 1, false],
      ['ollama-small', ['ollama'], 'none', 0, true],
    ],
  );
});

test('a server that pulls may be long in starting; one without models may not', () => {
  const { health } = named('{ollama: {models: [qwen3:4b]}}', 'ollama');
  assert.ok((health?.startSeconds ?? 0) >= 3600);
  assert.equal(named('{ollama: {}}', 'ollama').health?.startSeconds, 60);
});

test('a folder of models of the host is mounted beside what the server keeps for itself', () => {
  const { folders, state } = named('{ollama: {modelsPath: ./models}}', 'ollama');
  assert.deepEqual(folders, [{ source: './models', path: '/srv/muster/models', writable: true }]);
  assert.deepEqual(state, [{ name: 'ollama', path: '/var/lib/muster' }]);
});

test('the chat page waits for no health of its servers, sees its own secrets and asks nothing of the network', () => {
  const page = named('{open-webui: {}, ollama: {nodes: {a: {}, b: {}}}}', 'open-webui');
  assert.deepEqual(
    page.dependsOn.map(({ service, until }) => `${service} ${until}`),
    ['secrets done', 'ollama-a started', 'ollama-b started'],
  );
  assert.deepEqual(
    page.secrets.map(({ folder, writable }) => [folder, writable]),
    [['open-webui', false]],
  );
  assert.deepEqual(page.networks, ['back', 'front']);
  const secrets = secretFiles(clusterOf('name: a\nservices: {open-webui: {}}')).map(({ path }) => path);
  assert.deepEqual(
    secrets.filter((path) => path.startsWith('open-webui/')),
    ['open-webui/admin-password', 'open-webui/secret-key'],
  );
});
