// Is everything told that a swarm cannot do, before anything runs, with what to do about it?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onSwarmOf, parseSpec, render, resolve, targets } from '../../../stacks/index.ts';

function clusterFrom(spec: unknown) {
  const parsed = parseSpec(JSON.stringify(spec), 'f');
  assert.ok(parsed.spec, JSON.stringify(parsed.problems));
  return resolve(parsed.spec);
}

/** `severity path`, for each finding. */
function findings(spec: unknown): readonly string[] {
  const found = render(clusterFrom(spec), [targets.swarm]).findings;
  for (const { message, remedy } of found) assert.ok(remedy && /^expected .*got /.test(message), message);
  return found.map(({ path, severity }) => `${severity} ${path.join('/')}`);
}

test('a plain spec has no finding', () => {
  assert.deepEqual(findings({ name: 'a', workers: { w: {} }, services: { proxy: {}, ollama: {}, dask: {} } }), []);
});

test('a count of GPUs becomes one task on each node with GPUs', () => {
  assert.deepEqual(findings({ name: 'a', workers: { w: { gpus: 2 } } }), ['warning workers/w/gpus']);
  const services = { dask: { workers: { gpu: { gpus: 1 } } }, ollama: { nodes: { big: { gpus: 1 } } } };
  assert.deepEqual(findings({ name: 'a', services }), [
    'warning services/dask/workers/gpu/gpus',
    'warning services/ollama/nodes/big/gpus',
  ]);
});

test('a folder of the host becomes a volume', () => {
  const spec = { name: 'a', services: { ollama: { modelsPath: '/srv/models' } } };
  assert.deepEqual(findings(spec), ['warning services/ollama/modelsPath']);
  const [file] = render(clusterFrom(spec), [targets.swarm]).files.filter(({ path }) => path.endsWith('stack.yml'));
  assert.doesNotMatch(file?.text ?? '', /srv\/models|type: "bind"/);
});

test('a lease that ends before an updated orchestrator is back is a warning', () => {
  assert.deepEqual(findings({ name: 'a', orchestrator: { leaseTtl: '12s', heartbeat: '2s' } }), [
    'warning orchestrator/leaseTtl',
  ]);
  assert.deepEqual(findings({ name: 'a', orchestrator: { leaseTtl: '30s', heartbeat: '2s' } }), []);
});

test('the scheduler of Dask, which runs any code, gets no port', () => {
  assert.deepEqual(findings({ name: 'a', services: { dask: { port: 8786 } } }), ['warning services/dask/port']);
});

test('a port on which the engines talk is refused', () => {
  assert.deepEqual(findings({ name: 'a', services: { proxy: { public: true, httpPort: 2377 } } }), [
    'error services/proxy',
  ]);
  assert.deepEqual(findings({ name: 'a', services: { proxy: { httpPort: 2377 } } }), []);
});

test('names that a swarm does not take are refused', () => {
  assert.deepEqual(findings({ name: 'a', workers: { 'a--b': {} } }), ['error workers/a--b']);
  assert.deepEqual(findings({ name: 'a--b', workers: { w: {} } }), ['error name']);
  const long = 'x'.repeat(40);
  assert.deepEqual(findings({ name: long, workers: { [`y${long.slice(0, 30)}`]: {} } }), [
    `error workers/y${long.slice(0, 30)}`,
  ]);
});

test('the notes tell what is done instead: no ports on loopback, no order of starts, pages behind the proxy', () => {
  const { notes } = onSwarmOf(clusterFrom({ name: 'a', workers: { w: {} }, services: { proxy: {}, prometheus: {} } }));
  assert.deepEqual(
    notes.map(({ instead, services, what }) => `${services.join(' ')}: ${what}; ${instead}`),
    [
      'proxy: no ports on loopback: 80 443 of proxy; it gets none; to be reached, write services.proxy.public: true',
      'orchestrator prometheus: no ports on loopback: 8080 of orchestrator, 9090 of prometheus; they get none; the proxy leads there',
      'w: no order of starts; it starts at once and tries until orchestrator answers',
    ],
  );
});

test('with ACME the proxy runs where its certificates lie', () => {
  const tls = { acme: { email: 'a@example.org' } };
  const { notes } = onSwarmOf(
    clusterFrom({ name: 'a', services: { proxy: { public: true, hosts: ['a.example.org'], tls } } }),
  );
  const shared = notes.filter(({ what }) => what.startsWith('shares a volume'));
  assert.deepEqual(
    shared.map(({ instead, services }) => [services, instead]),
    [
      [['certificates'], 'both run on its node'],
      [['proxy'], 'both run on its node'],
    ],
  );
});
