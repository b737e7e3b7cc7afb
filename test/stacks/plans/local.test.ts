// Which processes does the stack become where there is no engine?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localStack, services } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const text = `
name: bare
services:
  dask: { workers: { cpu: { replicas: 2 } } }
  ollama: { models: ["tiny:1"], modelsPath: models, port: 11435 }
  proxy: {}
  prometheus: { port: 9091 }
  grafana: {}
`;
const place = { home: '/clone/.muster', root: '/clone', port: 8081 };
const stackOf = (spec: string, programs: readonly string[]) => {
  const cluster = clusterOf(spec);
  const beside = services(cluster).filter(({ profile }) => profile !== 'workers');
  return localStack(cluster, beside, { ...place, programs: new Set(programs) });
};
const all = ['dask', 'ollama', 'nginx', 'prometheus'];

test('each service whose program is there becomes one process per replica; the others say what they lack', () => {
  const { children, leftOut } = stackOf(text, ['dask', 'ollama', 'nginx']);
  assert.deepEqual(
    children.map(({ args, name, role }) => [name, role, args[0]]),
    [
      ['dask-cpu', 'service', '/clone/.muster/run/configs/dask/cpu.sh'],
      ['dask-cpu-2', 'service', '/clone/.muster/run/configs/dask/cpu.sh'],
      ['dask-scheduler', 'service', '/clone/.muster/run/configs/dask/scheduler.sh'],
      ['ollama', 'service', '/clone/.muster/run/configs/ollama/ollama.sh'],
      ['proxy', 'service', '/clone/.muster/run/configs/proxy/start.sh'],
    ],
  );
  assert.deepEqual(leftOut, [
    { service: 'grafana', why: 'it runs in a container only' },
    { service: 'prometheus', why: 'there is no program "prometheus" on the PATH' },
  ]);
});

test('what they read names loopback and folders of this clone, never a container', () => {
  const { children, configs } = stackOf(text, all);
  const read = children.flatMap(({ args }) => args.map((path) => path.replace('/clone/.muster/run/configs/', '')));
  for (const path of read)
    assert.ok(
      configs.some((config) => config.path === path),
      path,
    );
  for (const { path, text: content } of configs.filter((config) => !config.path.startsWith('grafana/'))) {
    assert.doesNotMatch(content, /\/etc\/muster|\/run\/muster|\/var\/lib\/muster|\/srv\/muster/, path);
    assert.doesNotMatch(content, /\/\/(?:dask-scheduler|ollama|prometheus|orchestrator)[:/]/, path);
  }
  assert.match(configs.find(({ path }) => path === 'ollama/ollama.sh')?.text ?? '', /OLLAMA_MODELS=\/clone\/models$/m);
});

test('no two of them listen on the same port, and the ports of the spec are theirs', () => {
  const { ports } = stackOf(text, all);
  const numbers = ports.map(({ port }) => port);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const port of [11435, 80, 443, 9091]) assert.ok(numbers.includes(port), String(port));
  assert.ok(!numbers.includes(place.port));
});

test('a changed setting changes the process that reads it, and no other', () => {
  const changed = stackOf(
    text.replace('prometheus: { port: 9091 }', 'prometheus: { port: 9091, scrapeInterval: 5s }'),
    all,
  );
  const before = new Map(stackOf(text, all).children.map((child) => [child.name, JSON.stringify(child)]));
  const different = changed.children.filter((child) => before.get(child.name) !== JSON.stringify(child));
  assert.deepEqual(
    different.map(({ name }) => name),
    ['prometheus'],
  );
});
