// Which mistakes among the services of the stack are found, and where?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpec } from '../../../stacks/index.ts';

const wrong: readonly (readonly [string, string])[] = [
  [
    '{grafana: true}',
    'services/grafana: grafana expects prometheus, which is not in the spec: its dashboards read from it',
  ],
  [
    '{alertmanager: {}, prometheus: false}',
    'services/alertmanager: alertmanager expects prometheus, which is switched off: alerts come from it',
  ],
  [
    '{open-webui: {port: 9090}, ollama: {}, prometheus: {}}',
    'services/prometheus/port: expected a port of its own, got 9090, which services/open-webui/port has',
  ],
  ['{ollama: {port: 8080}}', 'services/ollama/port: expected a port of its own, got 8080, which orchestrator/port has'],
  [
    '{proxy: {httpPort: 443}}',
    'services/proxy/httpsPort: expected a port of its own, got 443, which services/proxy/httpPort has',
  ],
  ['{proxy: {tls: {}}}', 'services/proxy/tls: expected certificate and key, or acme'],
  ['{proxy: {tls: {key: a}}}', 'services/proxy/tls: expected certificate and key, or acme'],
  [
    '{proxy: {tls: {acme: {email: a@b.org}}}}',
    'services/proxy/tls: expected hosts beside acme: an authority signs public names only',
  ],
  [
    '{dask: {workers: {a: {memoryFractions: {spill: 0.5}}}}}',
    'services/dask/workers/a/memoryFractions/spill: expected at least target (0.6), got spill 0.5',
  ],
  [
    '{dask: {workers: {a: {memory: 1GiB, memoryLimit: 600MiB, processes: 2}}}}',
    'services/dask/workers/a/memoryLimit: expected less than 1GiB for all 2 processes, got 600MiB for each',
  ],
  [
    '{dask: {workers: {scheduler: {}}}}',
    "services/dask/workers/scheduler: expected a name of its own, got that of Dask's scheduler",
  ],
  ['{dask: 5}', 'services/dask: expected true, false or a map of keys, got 5'],
  [
    '{dask: {thread: 5}}',
    'services/dask/thread: unknown key; expected one of image, cpus, memory, port, dashboard, tls, compression, logLevel, workers, got "thread"',
  ],
  [
    '{ollama: {models: [qwen3]}}',
    'services/ollama/models/0: expected a model with its tag, such as qwen3:4b, got "qwen3"',
  ],
];

for (const [services, message] of wrong) {
  test(`${services} is refused`, () => {
    const { problems, spec } = parseSpec(`name: a\nservices: ${services}`, 'f');
    assert.deepEqual([spec, problems.map(({ path, message: text }) => `${path}: ${text}`)], [null, [message]]);
  });
}

test('a switched-off service asks for nothing and takes no port', () => {
  const { problems } = parseSpec('name: a\nservices: {grafana: false, ollama: {port: 3001}}', 'f');
  assert.deepEqual(problems, []);
});

test('a chat page without models is possible, and is told', () => {
  const { problems, spec } = parseSpec('name: a\nservices: {open-webui: true}', 'f');
  assert.deepEqual([spec !== null, problems.map(({ severity }) => severity)], [true, ['warning']]);
});

test('a worker may not take the name of a service of a class', () => {
  const { problems } = parseSpec('name: a\nservices: {dask: {workers: {gpu: {}}}}\nworkers: {dask-gpu: {}}', 'f');
  assert.deepEqual(
    problems.map(({ path }) => path),
    ['workers/dask-gpu'],
  );
});
