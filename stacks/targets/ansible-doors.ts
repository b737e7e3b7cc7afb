// Which doors of a host are open, and to whom? SSH first, then what others need; the rest is closed.
import type { Service } from '../catalog/types.ts';
import { isLoopback, isPrivate } from '../cluster/rack.ts';
import { wireguard } from '../cluster/rack-paths.ts';
import type { Cluster } from '../cluster/types.ts';
import { type Door, formatDoors, type PortRange } from '../formats/nftables.ts';
import { swarmDoors } from './ansible-swarm.ts';
import { header } from './containers/parts.ts';
import type { HostForm } from './types.ts';

const one = (port: number): PortRange => ({ first: port, last: port });

/** RFC 1918, and RFC 6598 for overlays such as WireGuard's: workers may join from there. */
const privateNetworks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];

/** Processes of Dask call each other on ports that the kernel chose. */
const chosenPorts: PortRange = { first: 1024, last: 65_535 };

const isDask = ({ program }: Service): boolean => program === 'dask';

function portsOf({ name, ports, program }: Service, listen: (service: string, port: number) => number) {
  const inside = program === 'ollama' ? [11_434] : ports.map(({ container }) => container);
  return [...new Set(inside)].map((port) => one(listen(name, port)));
}

/** What listens on loopback needs no door. */
function doors(cluster: Cluster, { at, host, services }: HostForm): readonly Door[] {
  const others = cluster.rack.hosts.map(({ address }) => address).filter((address) => address !== host.address);
  const strangers = others.filter((address) => !isPrivate(address));
  const callers = cluster.rack.network === null ? [...privateNetworks, ...strangers] : [cluster.rack.network.subnet];
  return services.flatMap((service): readonly Door[] => {
    const door = (ports: readonly PortRange[], from: readonly string[] | null): readonly Door[] =>
      ports.length === 0 || from?.length === 0 ? [] : [{ protocol: 'tcp', ports, from }];
    if (service.name === 'proxy') {
      const open = service.ports
        .filter((port) => port.public)
        .map(({ container }) => one(at.listen('proxy', container)));
      return door(open, null);
    }
    if (at.bind(service.name) !== host.address || isLoopback(host.address)) return [];
    if (service.name === 'orchestrator') return door(portsOf(service, at.listen), callers);
    return door(isDask(service) ? [chosenPorts] : portsOf(service, at.listen), others);
  });
}

/** What the hosts ask each other comes in by their private network alone, and that by its own port. */
function inNetwork({ rack: { hosts, network } }: Cluster, { host }: HostForm, all: readonly Door[]): readonly Door[] {
  if (network === null) return all;
  const others = hosts.filter(({ name }) => name !== host.name);
  // Behind a router of somebody else's they have an address that nobody knows before.
  const isKnown = others.every(({ endpoint, sshAddress }) => endpoint === `${sshAddress}:${network.port}`);
  const from = isKnown ? others.map(({ sshAddress }) => sshAddress) : null;
  return [
    ...(others.length > 0 ? [{ protocol: 'udp', ports: [one(network.port)], from } as const] : []),
    ...all.map((door) => (door.from === null ? door : { ...door, on: wireguard.device })),
  ];
}

export function doorsOf(cluster: Cluster, form: HostForm): string {
  const { sshPort } = form.host;
  const ssh: Door | null = sshPort === null ? null : { protocol: 'tcp', ports: [one(sshPort)], from: null };
  const all = new Map(
    inNetwork(cluster, form, [...doors(cluster, form), ...swarmDoors(cluster, form.host)]).map((door) => [
      JSON.stringify(door),
      door,
    ]),
  );
  // Without the cluster's hash: a change elsewhere must not close and open the doors anew.
  return formatDoors(ssh, [...all.values()], header(cluster, 'ansible').replace(/, sha256:[0-9a-f]+/, ''));
}
