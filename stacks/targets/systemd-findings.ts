// What does a spec ask that a rack cannot do? Each with what is done instead, or with what to change.
import { isPrivate } from '../cluster/rack.ts';
import type { Cluster } from '../cluster/types.ts';
import type { Finding } from '../spec/types.ts';
import { isAgent } from './systemd-life.ts';
import type { HostForm } from './types.ts';

const warning = (path: readonly string[], message: string, remedy: string): Finding => ({
  severity: 'warning',
  path,
  message,
  remedy,
});

/** What Debian has no package of, and what shows containers. */
function leftOut({ stack }: Cluster): readonly Finding[] {
  const found: Finding[] = [];
  if (stack.grafana !== null) {
    const message = 'expected services that need no container, got grafana: the rack runs without its dashboards';
    const remedy = 'write "grafana: false", or run it on Compose beside the rack; the page of Prometheus is there';
    found.push(warning(['services', 'grafana'], message, remedy));
  }
  if (stack.visualizer !== null) {
    const message = 'expected services that need no container, got visualizer, which shows a swarm';
    found.push(warning(['services', 'visualizer'], message, 'write "visualizer: false"'));
  }
  return found;
}

function images({ workers }: Cluster, runs: ReadonlySet<string>): readonly Finding[] {
  return workers.flatMap(({ image, name }) => {
    if (image === null || !runs.has(name)) return [];
    const message = `expected no image for a rack, got ${image}: jobs find the tools of the host itself`;
    return [warning(['workers', name, 'image'], message, 'install the tools there, or limit it: targets: [compose]')];
  });
}

function folders({ stack }: Cluster, runs: ReadonlySet<string>): readonly Finding[] {
  return (stack.ollama?.nodes ?? []).flatMap(({ modelsPath, service }) => {
    if (modelsPath === null || !runs.has(service)) return [];
    const path = service === 'ollama' ? ['services', 'ollama'] : ['services', 'ollama', 'nodes', service.slice(7)];
    const message = `expected no folder of the host for a rack, got "${modelsPath}": models are pulled into the server's own folder`;
    return [warning([...path, 'modelsPath'], message, 'remove modelsPath')];
  });
}

/** On one host they listen on loopback; between hosts whoever reaches the scheduler runs any code. */
function openDask({ rack, stack }: Cluster): readonly Finding[] {
  const { dask } = stack;
  if (dask === null || dask.tls) return [];
  const members = ['dask-scheduler', ...dask.workers.map(({ name }) => `dask-${name}`)];
  const hosts = rack.hosts.filter(({ runs }) => members.some((member) => runs.includes(member)));
  if (hosts.length < 2) return [];
  const names = hosts.map(({ name }) => name).join(', ');
  const message = `expected TLS for Dask on several hosts (${names}), got none: whoever reaches the scheduler runs any code`;
  return [warning(['services', 'dask', 'tls'], message, 'write "tls: true", or keep strangers off that network')];
}

/** Only the orchestrator speaks TLS and asks everybody for a key. */
function openPorts(forms: readonly HostForm[]): readonly Finding[] {
  return forms.flatMap(({ at, host, services }) => {
    if (isPrivate(host.address)) return [];
    const open = services.filter(({ name }) => name !== 'orchestrator' && at.bind(name) === host.address);
    if (open.length === 0) return [];
    const names = open.map(({ name }) => name).join(', ');
    const message = `expected a private address, got ${host.address}, where anybody reaches ${names}`;
    const remedy = 'write an address of a private network, or let one host run them and who asks them';
    return [warning(['rack', 'hosts', host.name, 'address'], message, remedy)];
  });
}

/** Node cannot be handed an open port, and the right to open a low one makes a unit more exposed than it may be. */
function lowPort({ orchestrator: { port } }: Cluster, runs: ReadonlySet<string>): readonly Finding[] {
  if (port >= 1024 || !runs.has('orchestrator')) return [];
  const message = `expected a port from 1024 on a rack, got ${port}, for which the unit of the orchestrator has no right`;
  const remedy = 'write 8080; for everybody outside, the proxy answers on 443';
  return [{ severity: 'error', path: ['orchestrator', 'port'], message, remedy }];
}

/** Each worker finds the cards of its host by itself, and gives them to its jobs. */
function sharedCards(forms: readonly HostForm[]): readonly Finding[] {
  return forms.flatMap(({ host, services }) => {
    const [first, second] = services.filter((each) => isAgent(each) && each.gpus.kind !== 'none');
    if (first === undefined || second === undefined) return [];
    const message = `expected one class with GPUs on a host, got ${first.name} and ${second.name}: both would give the same cards to jobs`;
    const remedy = 'write "gpus: none" for one of them, or run it on another host';
    return [{ severity: 'error', path: ['rack', 'hosts', host.name, 'runs'], message, remedy }];
  });
}

/** What runs in another way than asked for, and what cannot. */
export function systemdFindings(cluster: Cluster, forms: readonly HostForm[]): readonly Finding[] {
  const runs = new Set(forms.flatMap(({ host }) => host.runs));
  return [
    ...leftOut(cluster),
    ...images(cluster, runs),
    ...folders(cluster, runs),
    ...lowPort(cluster, runs),
    ...sharedCards(forms),
    ...openDask(cluster),
    ...openPorts(forms),
  ];
}
