// What does a rack say that it does in another way than asked for?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render, targets } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';
import { unitsOf } from '../../support/unit-file.ts';

/** As `path: message`. */
function found(text: string): readonly string[] {
  return render(clusterOf(text), [targets.systemd]).findings.map(
    ({ message, path, severity }) => `${severity} ${path.join('/')}: ${message}`,
  );
}

const hosts = (first: string, second: string, address = '10.0.0.2') =>
  `rack: {hosts: {n1: {address: 10.0.0.1, runs: [${first}]}, n2: {address: ${address}, runs: [${second}]}}}`;

const cases: readonly (readonly [title: string, spec: string, findings: readonly string[]])[] = [
  ['one host and what it can do', 'name: a\nworkers: {w: {gpus: auto}}\nservices: {dask: {}, prometheus: {}}', []],
  [
    'Grafana and the visualizer need containers',
    'name: a\nservices: {prometheus: {}, grafana: {}, visualizer: {}}',
    [
      'warning services/grafana: expected services that need no container, got grafana: the rack runs without its dashboards',
      'warning services/visualizer: expected services that need no container, got visualizer, which shows a swarm',
    ],
  ],
  [
    'an image is for containers, of a class for the rack only',
    'name: a\nworkers: {w: {image: "python:3.13"}, c: {image: "python:3.13", targets: [compose]}}',
    ['warning workers/w/image: expected no image for a rack, got python:3.13: jobs find the tools of the host itself'],
  ],
  [
    'models lie in the folder of their server',
    'name: a\nservices: {ollama: {nodes: {big: {modelsPath: /srv/models}}}}',
    [
      `warning services/ollama/nodes/big/modelsPath: expected no folder of the host for a rack, got "/srv/models": models are pulled into the server's own folder`,
    ],
  ],
  [
    'Dask on several hosts without TLS',
    `name: a\nservices: {dask: {}}\n${hosts('orchestrator, dask-scheduler', 'dask-cpu')}`,
    [
      'warning services/dask/tls: expected TLS for Dask on several hosts (n1, n2), got none: whoever reaches the scheduler runs any code',
    ],
  ],
  [
    'Dask on several hosts with TLS, and on one without',
    `name: a\nservices: {dask: {tls: true}}\n${hosts('orchestrator, dask-scheduler', 'dask-cpu')}`,
    [],
  ],
  [
    'two classes on one host, of which one at most has GPUs',
    `name: a\nworkers: {w: {gpus: auto}, c: {}, v: {gpus: 1}}\n${hosts('orchestrator, w, c', 'w, v')}`,
    [
      'error rack/hosts/n2/runs: expected one class with GPUs on a host, got v and w: both would give the same cards to jobs',
    ],
  ],
  [
    'a low port of the orchestrator',
    'name: a\norchestrator: {port: 443}',
    [
      'error orchestrator/port: expected a port from 1024 on a rack, got 443, for which the unit of the orchestrator has no right',
    ],
  ],
  [
    'what has no key of its own on a public address',
    `name: a\nservices: {ollama: {}, proxy: {}}\n${hosts('orchestrator, proxy', 'ollama', '203.0.113.7')}`,
    ['warning rack/hosts/n2/address: expected a private address, got 203.0.113.7, where anybody reaches ollama'],
  ],
];

for (const [title, spec, findings] of cases) {
  test(title, () => {
    assert.deepEqual(found(spec), findings);
  });
}

test('an orchestrator speaks to private networks and to the hosts of the rack, also from a public address', () => {
  const at = (address: string) =>
    unitsOf(clusterOf(`name: a\nrack: {hosts: {h: {address: ${address}}}}`))
      .find(({ service }) => service === 'orchestrator')
      ?.one('IPAddressAllow');
  const near = 'localhost 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 100.64.0.0/10 fc00::/7 fe80::/10';
  assert.deepEqual(
    [at('203.0.113.7'), at('172.32.0.1'), at('172.31.0.1'), at('100.64.0.1')],
    [`${near} 203.0.113.7`, `${near} 172.32.0.1`, near, near],
  );
});
