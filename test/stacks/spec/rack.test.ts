// Which mistakes about the hosts of a rack are found, and where?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpec } from '../../../stacks/index.ts';

const rest = `
workers: {worker: {}, boxed: {targets: [compose]}}
services: {dask: {workers: {cpu: {}, gpu: {targets: [swarm]}}}, ollama: {}, prometheus: {}, grafana: {}}`;
const all = 'orchestrator, worker, dask-scheduler, dask-cpu, ollama, prometheus';
const whole = `node1: {address: 10.0.0.1, runs: [${all}]}`;

/** As `severity path: message`. */
function found(hosts: string, more = rest): readonly string[] {
  return parseSpec(`name: a\nrack: {hosts: {${hosts}}}${more}`, 'f').problems.map(
    ({ message, path, severity }) => `${severity} ${path}: ${message}`,
  );
}

const cases: readonly (readonly [hosts: string, problems: readonly string[]])[] = [
  ['', []],
  [whole, []],
  ['node1: {address: 10.0.0.1}', []],
  ['node1: {address: 127.0.0.1}', []],
  [`${whole}, node2: {address: 10.0.0.2, runs: [worker, dask-cpu]}`, []],
  [
    `${whole}, node2: {address: 10.0.0.2, runs: [dask-cpus]}`,
    ['error rack/hosts/node2/runs/0: there is no "dask-cpus"; did you mean "dask-cpu"?'],
  ],
  [
    `${whole}, node2: {address: 10.0.0.2, runs: [printer]}`,
    [
      'error rack/hosts/node2/runs/0: expected one of dask-cpu, dask-scheduler, ollama, orchestrator, prometheus, worker, got "printer"',
    ],
  ],
  [
    `${whole}, node2: {address: 10.0.0.2, runs: [grafana, boxed, dask-gpu, worker, worker]}`,
    [
      'error rack/hosts/node2/runs/0: expected a service that needs no container, got grafana',
      'error rack/hosts/node2/runs/1: expected a class for systemd, got boxed, which is not',
      'error rack/hosts/node2/runs/2: expected a class for systemd, got dask-gpu, which is not',
      'error rack/hosts/node2/runs/4: expected each service once, got worker again',
    ],
  ],
  [
    'node1: {address: 10.0.0.1, runs: [worker, dask-cpu, prometheus]}',
    [
      'error rack/hosts: expected a host that runs orchestrator, got none: others ask it',
      'error rack/hosts: expected a host that runs dask-scheduler, got none: others ask it',
      'warning rack/hosts: expected a host that runs ollama, got none',
    ],
  ],
  [
    `${whole}, node2: {address: 10.0.0.2, runs: [ollama, orchestrator]}`,
    [
      'error rack/hosts/node2/runs: expected one host that runs orchestrator, got node1 and node2',
      'error rack/hosts/node2/runs: expected one host that runs ollama, got node1 and node2',
    ],
  ],
  [
    `${whole}, node2: {address: 10.0.0.1, runs: []}`,
    ['error rack/hosts/node2/address: expected an address of its own, got 10.0.0.1, which node1 has'],
  ],
  [
    `${whole}, node2: {address: 127.0.0.2, runs: []}`,
    ['error rack/hosts/node2/address: expected an address that other hosts reach, got 127.0.0.2'],
  ],
  [`${whole}, node2: {address: 10.0.0.2, runs: [], engine: docker}`, []],
  ['node1: {address: 10.0.0.1, swarm: manager}, node2: {address: 10.0.0.2, runs: [], swarm: worker}', []],
  [
    'node1: {address: 10.0.0.1, swarm: worker}',
    ['error rack/hosts/node1/swarm: expected a manager for the swarm of node1, got none'],
  ],
  [
    'node1: {address: 127.0.0.1, swarm: manager}',
    ['error rack/hosts/node1/address: expected an address that others of the swarm reach, got 127.0.0.1'],
  ],
  [
    'node1: {address: 10.0.0.1, swarm: manager}, node2: {address: 10.0.0.2, runs: [], swarm: manager}',
    [
      'error rack/hosts/node2/swarm: expected an odd number of managers, got 2 (node1, node2): more than half must live',
    ],
  ],
  ['node1: {}', ['error rack/hosts/node1/address: expected an IPv4 address such as 10.0.0.11, got nothing']],
];

for (const [hosts, problems] of cases) {
  test(`hosts {${hosts}}: ${problems.length} problems`, () => {
    assert.deepEqual(found(hosts), problems);
  });
}

for (const address of ['node1', '10.0.0', '10.0.0.256', '0.0.0.0', '10.0.0.1.', '10.0.0.1\\n', '::1', '010.0.0.1']) {
  test(`"${address}" is no address`, () => {
    const [problem] = found(`node1: {address: "${address}"}`);
    assert.match(problem ?? '', /^error rack\/hosts\/node1\/address: expected an IPv4 address/);
  });
}

for (const hosts of [
  '"a b": {address: 10.0.0.1}',
  '"a;reboot": {address: 10.0.0.1}',
  '"-o": {address: 10.0.0.1}',
  'a: {address: 10.0.0.1, user: "root;x"}',
  'a: {address: 10.0.0.1, user: "-x"}',
  'a: {address: 10.0.0.1, runs: ["%n"]}',
  'a: {address: 10.0.0.1, runs: ["a\\nExecStart=/bin/sh"]}',
  'a: {address: 10.0.0.1, sshPort: 0}',
]) {
  test(`{${hosts}} is refused`, () => {
    const { spec } = parseSpec(`name: a\nrack: {hosts: {${hosts}}}`, 'f');
    assert.equal(spec, null);
  });
}

test('a class has one worker on each host that runs it', () => {
  const three = ['1', '2', '3'].map(
    (end) => `n${end}: {address: 10.0.0.${end}, runs: [w${end === '1' ? ', orchestrator' : ''}]}`,
  );
  assert.deepEqual(found(three.join(', '), '\nworkers: {w: {maxReplicas: 2}}'), [
    'error workers/w/maxReplicas: expected at least 3, one for each host that runs w, got 2',
  ]);
  assert.deepEqual(found(three.join(', '), '\nworkers: {w: {replicas: 5, targets: [systemd]}}'), [
    'warning workers/w/replicas: expected as many as hosts run w (3), got 5',
  ]);
  assert.deepEqual(found(three.join(', '), '\nworkers: {w: {replicas: 5}}'), []);
});
