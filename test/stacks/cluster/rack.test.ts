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
    hosts: [
      {
        name: 'localhost',
        address: '127.0.0.1',
        user: 'root',
        sshPort: 22,
        runs: runs.filter((each) => each !== 'secrets'),
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
      user: 'root',
      sshPort: 22,
      runs: [...first, 'orchestrator', 'prometheus', 'proxy', 'w'],
    },
    { name: 'node2', address: '10.0.0.2', user: 'admin', sshPort: 2222, runs: ['dask-cpu', 'w'] },
  ]);
});

test('a host that runs something else is another cluster', () => {
  const of = (runs: string) =>
    clusterOf(`name: a\nworkers: {w: {}}\nrack: {hosts: {h: {address: 10.0.0.1, runs: ${runs}}}}`);
  assert.notEqual(of('[orchestrator]').hash, of('[orchestrator, w]').hash);
  assert.equal(of('[orchestrator, w]').hash, of('[w, orchestrator]').hash);
});
