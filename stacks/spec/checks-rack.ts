// Does every host of the rack run what there is, and is everything run that should be?
import { admitted } from './checks-names.ts';
import { checkRackSwarm } from './checks-rack-swarm.ts';
import { checkWireguard } from './checks-wireguard.ts';
import { mistake, warning } from './findings.ts';
import { nearest } from './nearest.ts';
import { inContainersOnly, type RackService, rackServices } from './rack-services.ts';
import type { ClusterSpec, Finding, RackHostSpec } from './types.ts';

type Hosts = readonly (readonly [name: string, host: RackHostSpec])[];

/** What a name in `runs` should be, when it is none of those. */
function unknown(spec: ClusterSpec, known: readonly RackService[], path: readonly string[], name: string): Finding {
  if (inContainersOnly.includes(name)) {
    const message = `expected a service that needs no container, got ${name}`;
    return mistake(path, message, 'remove it: it runs on Compose and on a swarm only');
  }
  const { dask } = spec.services ?? {};
  const ofDask = typeof dask === 'object' ? Object.keys(dask.workers ?? {}).map((each) => `dask-${each}`) : [];
  if ([...Object.keys(spec.workers ?? {}), ...ofDask].includes(name)) {
    return mistake(path, `expected a class for systemd, got ${name}, which is not`, 'add systemd to its targets');
  }
  const names = known.map((service) => service.name).sort();
  const meant = nearest(name, names);
  if (meant !== null) return mistake(path, `there is no "${name}"; did you mean "${meant}"?`, `write ${meant}`);
  return mistake(path, `expected one of ${names.join(', ')}, got "${name}"`, 'remove it, or add it to the spec');
}

function names(spec: ClusterSpec, known: readonly RackService[], hosts: Hosts): readonly Finding[] {
  return hosts.flatMap(([host, { runs = [] }]) =>
    runs.flatMap((name, index) => {
      const path = ['rack', 'hosts', host, 'runs', String(index)];
      if (!known.some((service) => service.name === name)) return [unknown(spec, known, path, name)];
      if (runs.indexOf(name) === index) return [];
      return [mistake(path, `expected each service once, got ${name} again`, 'remove one of the two')];
    }),
  );
}

const runsOn = (hosts: Hosts, name: string): readonly string[] =>
  hosts.filter(([, { runs }]) => runs?.includes(name) ?? true).map(([host]) => host);

function places(known: readonly RackService[], hosts: Hosts): readonly Finding[] {
  const isRun = (name: string): boolean => runsOn(hosts, name).length > 0;
  const asked = known.some(({ name }) => name.startsWith('dask-') && name !== 'dask-scheduler' && isRun(name));
  return known.flatMap(({ name, path, repeats }) => {
    const [first, second] = runsOn(hosts, name);
    if (first === undefined) {
      const needed = name === 'orchestrator' || (name === 'dask-scheduler' && asked);
      const message = `expected a host that runs ${name}, got none${needed ? ': others ask it' : ''}`;
      const remedy = `add ${name} to the runs of a host${needed ? '' : `, or take ${path.join('/')} out of this cluster`}`;
      return [(needed ? mistake : warning)(['rack', 'hosts'], message, remedy)];
    }
    if (second === undefined || repeats) return [];
    const message = `expected one host that runs ${name}, got ${first} and ${second}`;
    const remedy = name.startsWith('ollama')
      ? 'write a server for each in services.ollama.nodes'
      : 'take it out of the runs of one of them';
    return [mistake(['rack', 'hosts', second, 'runs'], message, remedy)];
  });
}

function addresses(hosts: Hosts): readonly Finding[] {
  return hosts.flatMap(([host, { address }], index) => {
    const before = hosts.slice(0, index).find(([, other]) => other.address === address);
    const path = ['rack', 'hosts', host, 'address'];
    if (before !== undefined) {
      const message = `expected an address of its own, got ${address}, which ${before[0]} has`;
      return [mistake(path, message, 'write the address of this host')];
    }
    if (hosts.length === 1 || !/^(?:127|22[4-9]|23\d|24\d|25[0-5])\./.test(address)) return [];
    return [mistake(path, `expected an address that other hosts reach, got ${address}`, 'write its private address')];
  });
}

/** Each host that runs a class has one worker of it. */
function counts({ defaults, workers = {} }: ClusterSpec, hosts: Hosts): readonly Finding[] {
  return Object.entries(workers).flatMap(([name, worker]) => {
    const there = runsOn(hosts, name).length;
    const path = ['workers', name];
    const targets = worker.targets ?? defaults?.worker?.targets;
    if (targets !== undefined && !targets.includes('systemd')) return [];
    if (there > admitted(worker)) {
      const message = `expected at least ${there}, one for each host that runs ${name}, got ${admitted(worker)}`;
      return [mistake([...path, 'maxReplicas'], message, `set maxReplicas of "${name}" to ${there} or more`)];
    }
    const only = targets?.every((target) => target === 'systemd') ?? false;
    if (!only || worker.replicas === undefined || worker.replicas === there) return [];
    const message = `expected as many as hosts run ${name} (${there}), got ${worker.replicas}`;
    return [warning([...path, 'replicas'], message, 'remove replicas: a machine of the rack is one worker')];
  });
}

/** Without hosts hardly anything could be wrong. */
export function checkRack(spec: ClusterSpec): readonly Finding[] {
  const hosts = Object.entries(spec.rack?.hosts ?? {});
  const network = checkWireguard(spec);
  if (hosts.length === 0) return network;
  const known = rackServices(spec);
  return [
    ...names(spec, known, hosts),
    ...places(known, hosts),
    ...addresses(hosts),
    ...counts(spec, hosts),
    ...checkRackSwarm(hosts),
    ...network,
  ];
}
