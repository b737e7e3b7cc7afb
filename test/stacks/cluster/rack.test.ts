// Which host of the rack runs what, and what holds where nothing is written?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { services } from '../../../stacks/index.ts';
import { clusterOf } from '../../support/specs.ts';

const whole = `
name: a
workers: {w: {}, boxed: {targets: [compose]}}
services:
  dask: {workers: {cpu: {}, gpu: {targets: [swarm]}}}
  ollama: {nodes: {big: {}, small: {}}}
  open-webui: {}
  proxy: {hosts: [ai.example.org], tls: {acme: {email: a@example.org}}}
  prometheus: {}
  alertmanager: {}
  grafana: {}
  visualizer: {}`;

test('without hosts this machine runs every service that needs no container', () => {
  const cluster = clusterOf(whole);
  const runs = services(cluster)
    .filter(({ targets }) => targets.includes('systemd'))
    .map(({ name }) => name);
  assert.deepEqual(cluster.rack, {
    network: null,
    hosts: [
      {
        name: 'localhost',
        address: '127.0.0.1',
        sshAddress: '127.0.0.1',
        endpoint: null,
        user: 'root',
        sshPort: 22,
        runs: runs.filter((each) => each !== 'secrets'),
        engine: false,
        swarm: null,
      },
    ],
  });
  assert.equal(runs.includes('certificates') && runs.includes('dask-cpu') && !runs.includes('grafana'), true);
});

test('hosts are sorted, and the certificates of ACME are where the proxy is', () => {
  const { rack } = clusterOf(`${whole}
rack:
  hosts:
    node2: {address: 10.0.0.2, user: admin, sshPort: 2222, runs: [w, dask-cpu]}
    node1:
      address: 10.0.0.1
      runs: [proxy, orchestrator, w, dask-scheduler, ollama-big, ollama-small, open-webui, prometheus, alertmanager]`);
  const first = ['alertmanager', 'certificates', 'dask-scheduler', 'ollama-big', 'ollama-small', 'open-webui'];
  assert.deepEqual(rack.hosts, [
    {
      name: 'node1',
      address: '10.0.0.1',
      sshAddress: '10.0.0.1',
      endpoint: null,
      user: 'root',
      sshPort: 22,
      runs: [...first, 'orchestrator', 'prometheus', 'proxy', 'w'],
      engine: false,
      swarm: null,
    },
    {
      name: 'node2',
      address: '10.0.0.2',
      sshAddress: '10.0.0.2',
      endpoint: null,
      user: 'admin',
      sshPort: 2222,
      runs: ['dask-cpu', 'w'],
      engine: false,
      swarm: null,
    },
  ]);
});

test('a host that runs something else is another cluster', () => {
  const of = (runs: string) =>
    clusterOf(`name: a\nworkers: {w: {}}\nrack: {hosts: {h: {address: 10.0.0.1, runs: ${runs}}}}`);
  assert.notEqual(of('[orchestrator]').hash, of('[orchestrator, w]').hash);
  assert.equal(of('[orchestrator, w]').hash, of('[w, orchestrator]').hash);
});

test('in a private network services are asked there, and SSH stays where it is', () => {
  const { rack } = clusterOf(`name: a
workers: {w: {}}
rack:
  network: {kind: wireguard, subnet: 10.91.0.0/24, port: 4000}
  hosts:
    n1: {address: 192.0.2.1, wireguard: 10.91.0.1, runs: [orchestrator]}
    n2: {address: 192.0.2.2, wireguard: 10.91.0.2, endpoint: 'none', runs: [w]}
    n3: {address: 192.0.2.3, wireguard: 10.91.0.3, endpoint: '198.51.100.9:7', runs: [w]}`);
  assert.deepEqual(rack.network, { subnet: '10.91.0.0/24', port: 4000 });
  assert.deepEqual(
    rack.hosts.map(({ address, endpoint, sshAddress }) => [address, sshAddress, endpoint]),
    [
      ['10.91.0.1', '192.0.2.1', '192.0.2.1:4000'],
      ['10.91.0.2', '192.0.2.2', null],
      ['10.91.0.3', '192.0.2.3', '198.51.100.9:7'],
    ],
  );
});
