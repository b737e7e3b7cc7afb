// Do services of a rack find each other across hosts, and does nothing listen further than somebody asks?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../../stacks/catalog/types.ts';
import { onRack } from '../../../stacks/cluster/rack.ts';
import type { Cluster } from '../../../stacks/cluster/types.ts';
import { portsOf } from '../../../stacks/configs/as-processes.ts';
import { asUnits } from '../../../stacks/configs/as-units.ts';
import { configFiles } from '../../../stacks/configs/index.ts';
import type { Surroundings } from '../../../stacks/configs/types.ts';
import { render, services, targets } from '../../../stacks/index.ts';
import { manySpecs } from '../../support/many-specs.ts';
import { onHosts } from '../../support/rack-specs.ts';
import { clusterOf, specs } from '../../support/specs.ts';

type Rack = {
  readonly cluster: Cluster;
  readonly all: readonly Service[];
  readonly at: (host: string) => Surroundings;
};

function rackOf(text: string): Rack {
  const cluster = onRack(clusterOf(text));
  const all = services(cluster);
  const places = new Map(cluster.rack.hosts.map((host) => [host.name, asUnits(all, cluster, host)]));
  return { cluster, all, at: (host) => places.get(host) as Surroundings };
}

const two = `
name: a
workers: {w: {replicas: 5}}
services: {dask: {workers: {cpu: {}}}, ollama: {}, open-webui: {}, proxy: {}, prometheus: {}, alertmanager: {}}
rack:
  hosts:
    node1: {address: 10.0.0.1, runs: [orchestrator, proxy, open-webui, alertmanager, prometheus, w]}
    node2: {address: 10.0.0.2, runs: [ollama, dask-scheduler, dask-cpu, w]}`;

test('who is asked from another host listens on its address, everybody else on loopback', () => {
  const { all, at } = rackOf(two);
  const binds = (host: string, ...names: string[]) => names.map((name) => at(host).bind(name));
  assert.deepEqual(binds('node1', 'orchestrator', 'proxy', 'open-webui', 'alertmanager', 'prometheus'), [
    '10.0.0.1',
    ...['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ]);
  assert.deepEqual(binds('node2', 'ollama', 'dask-scheduler', 'dask-cpu'), ['10.0.0.2', '10.0.0.2', '10.0.0.2']);
  assert.deepEqual(
    [at('node1').address('ollama', 11434), at('node2').address('ollama', 11434)],
    ['10.0.0.2:11434', '10.0.0.2:11434'],
  );
  assert.deepEqual(
    [at('node1').address('alertmanager', 9093), at('node2').address('orchestrator', 8080)],
    ['127.0.0.1:9093', '10.0.0.1:8080'],
  );
  assert.equal(at('node1').listen('proxy', 8443), 443);
  assert.ok(all.length > 0);
});

test('on one host everything but the orchestrator listens on loopback, and that on the address of the host', () => {
  const { all, at } = rackOf(two.replace(/rack:[\s\S]*/, 'rack: {hosts: {h: {address: 10.0.0.1}}}'));
  const open = all.filter(({ name }) => at('h').bind(name) !== '127.0.0.1').map(({ name }) => name);
  assert.deepEqual(open, ['orchestrator']);
  const local = rackOf(two.replace(/rack:[\s\S]*/, ''));
  assert.ok(local.all.every(({ name }) => local.at('localhost').bind(name) === '127.0.0.1'));
});

test('a class on several hosts is asked on each of them', () => {
  const { cluster, at } = rackOf(two.replace('alertmanager, prometheus, w]', 'alertmanager, prometheus, w, dask-cpu]'));
  const [first = '', second = ''] = at('node1').addresses('dask-cpu', 9002);
  assert.deepEqual([first.split(':')[0], second.split(':')[0]], ['10.0.0.1', '10.0.0.2']);
  const prometheus = configFiles(cluster, at('node1')).find(({ path }) => path === 'prometheus/prometheus.yml');
  assert.ok(prometheus?.text.includes(first) && prometheus.text.includes(second));
});

test('files and secrets have their places, a secret that of its reader', () => {
  const { at } = rackOf(two);
  const here = at('node1');
  assert.equal(here.config('proxy/nginx.conf'), '/etc/muster/configs/proxy/nginx.conf');
  assert.equal(here.secret('proxy/tls.key'), '/run/credentials/muster-proxy.service/proxy_tls.key');
  assert.equal(here.secret('dask/ca.crt', 'dask-cpu'), '/run/credentials/muster-dask-cpu.service/dask_ca.crt');
  assert.equal(here.state('prometheus'), '/var/lib/muster/prometheus');
});

/** What listens on a host, as address and port. */
function listening({ all, at, cluster }: Rack, host: string): ReadonlySet<string> {
  const runs = cluster.rack.hosts.find(({ name }) => name === host)?.runs ?? [];
  return new Set(
    all
      .filter(({ name }) => runs.includes(name))
      .flatMap((service) => {
        const ports = service.name === 'orchestrator' ? [8080] : portsOf(service);
        return ports.map((port) => `${at(host).bind(service.name)}:${at(host).listen(service.name, port)}`);
      }),
  );
}

/** Where browsers find a page is no place that a service asks. */
const withoutPages = (text: string): string =>
  text.replace(/^export (?:CORS_ALLOW_ORIGIN|WEBUI_URL)=.*$/gm, '').replace(/--web\.external-url=\S+/g, '');

test('every address in every file of every host is one where somebody listens', () => {
  let seen = 0;
  const every = [...specs, ...manySpecs].filter((_, index) => index < 8 || index % 4 === 0);
  for (const [name, text] of every) {
    const rack = rackOf(onHosts(text, 3));
    for (const { path, text: file } of render(clusterOf(onHosts(text, 3)), [targets.systemd]).files) {
      const host = path.split('/')[2] as string;
      const addresses = withoutPages(file).match(/\b(?:127\.0\.0\.1|10\.250\.0\.\d+):[1-9]\d*/g) ?? [];
      for (const address of addresses) {
        const where = address.startsWith('127.') ? host : `node${Number(/10\.250\.0\.(\d+)/.exec(address)?.[1]) - 10}`;
        assert.ok(listening(rack, where).has(address), `${name}: ${path} names ${address}`);
        seen += 1;
      }
    }
  }
  assert.ok(seen > 200, `${seen} addresses`);
});
