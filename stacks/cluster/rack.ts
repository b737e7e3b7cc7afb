// What was decided about the rack? Which host runs what; without hosts this machine runs everything.
import { rackDefaults } from '../spec/defaults-services.ts';
import { rackServices } from '../spec/rack-services.ts';
import type { ClusterSpec, RackHostSpec } from '../spec/types.ts';
import { networkOfSpec, wireguardAddress } from '../spec/wireguard.ts';
import { byText } from './decide.ts';
import type { Cluster, DaskWorkerClass, Rack, RackHost, TargetName } from './types.ts';

const thisMachine: Readonly<Record<string, RackHostSpec>> = { localhost: { address: '127.0.0.1' } };

/** Who asks an authority for certificates, and who shows them, share a folder. */
function usesAcme({ services }: ClusterSpec): boolean {
  const proxy = services?.proxy;
  return typeof proxy === 'object' && typeof proxy.tls === 'object' && proxy.tls.acme !== undefined;
}

function endpointOf({ address, endpoint }: RackHostSpec, port: number): string | null {
  return endpoint === 'none' ? null : (endpoint ?? `${address}:${port}`);
}

export function rackOf(spec: ClusterSpec): Rack {
  const written = spec.rack?.hosts ?? {};
  const network = networkOfSpec(spec.rack ?? {});
  const every = rackServices(spec).map(({ name }) => name);
  const hostOf = ([name, host]: readonly [string, RackHostSpec]): RackHost => {
    const runs = host.runs ?? every;
    const certificates = runs.includes('proxy') && usesAcme(spec) ? ['certificates'] : [];
    return {
      name,
      address: network === null ? host.address : wireguardAddress(network.subnet, name, host),
      sshAddress: host.address,
      endpoint: network === null ? null : endpointOf(host, network.port),
      user: host.user ?? rackDefaults.user,
      sshPort: host.sshPort ?? rackDefaults.sshPort,
      runs: [...runs, ...certificates].sort(byText),
      engine: host.engine !== undefined || host.swarm !== undefined,
      swarm: host.swarm ?? null,
    };
  };
  const hosts = Object.entries(Object.keys(written).length > 0 ? written : thisMachine);
  return {
    network: network === null ? null : { subnet: network.subnet.text, port: network.port },
    hosts: hosts.map(hostOf).sort((a, b) => byText(a.name, b.name)),
  };
}

const everywhere: readonly TargetName[] = ['compose', 'swarm', 'systemd'];

/**
 * The cluster as the rack has it: of each class of workers as many as hosts that run it, and no service that nobody
 * runs. Classes without a host stay known, for workers that join by themselves.
 */
export function onRack(cluster: Cluster): Cluster {
  const { rack, stack, workers } = cluster;
  const count = (service: string): number => rack.hosts.filter(({ runs }) => runs.includes(service)).length;
  const placed = <Block>(service: string, block: Block | null): Block | null => (count(service) > 0 ? block : null);
  const dask = placed('dask-scheduler', stack.dask);
  const nodes = stack.ollama?.nodes.filter(({ service }) => count(service) > 0) ?? [];
  const counted = <Class extends { readonly name: string }>(worker: Class, service: string) => ({
    ...worker,
    replicas: count(service),
    targets: everywhere,
  });
  const daskWorkers = (classes: readonly DaskWorkerClass[]): readonly DaskWorkerClass[] =>
    classes.map((worker) => counted(worker, `dask-${worker.name}`)).filter(({ replicas }) => replicas > 0);
  return {
    ...cluster,
    workers: workers.map((worker) => counted(worker, worker.name)),
    stack: {
      dask: dask === null ? null : { ...dask, workers: daskWorkers(dask.workers) },
      ollama: stack.ollama === null || nodes.length === 0 ? null : { ...stack.ollama, nodes },
      openWebui: placed('open-webui', stack.openWebui),
      proxy: placed('proxy', stack.proxy),
      prometheus: placed('prometheus', stack.prometheus),
      alertmanager: placed('alertmanager', stack.alertmanager),
      grafana: null,
      visualizer: null,
    },
  };
}

/** Whether the spec names machines; otherwise nobody asked for a rack. */
export const namesHosts = ({ rack }: Cluster): boolean => rack.hosts.some(({ name }) => name !== 'localhost');

/** The host that runs a service of which there is one; undefined: nobody does. */
export function hostOf({ rack }: Cluster, service: string): RackHost | undefined {
  return rack.hosts.find(({ runs }) => runs.includes(service));
}

const privateAddress =
  /^(?:10|127)\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.168\.|^169\.254\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;

/** Nobody on another machine reaches it. */
export const isLoopback = (address: string): boolean => address.startsWith('127.');

/** Loopback, RFC 1918, link-local and the range of providers (RFC 6598): nobody out there reaches it. */
export function isPrivate(address: string): boolean {
  return privateAddress.test(address);
}
