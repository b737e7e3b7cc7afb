// Which doors of a host are open, and to whom? SSH first, then what others need; the rest is closed.
import type { Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import { type Door, formatDoors, type PortRange } from '../formats/nftables.ts';
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
  return services.flatMap((service): readonly Door[] => {
    const door = (ports: readonly PortRange[], from: readonly string[] | null): readonly Door[] =>
      ports.length === 0 || from?.length === 0 ? [] : [{ protocol: 'tcp', ports, from }];
    if (service.name === 'proxy') {
      const open = service.ports
        .filter((port) => port.public)
        .map(({ container }) => one(at.listen('proxy', container)));
      return door(open, null);
    }
    if (at.bind(service.name) !== host.address) return [];
    if (service.name === 'orchestrator') return door(portsOf(service, at.listen), privateNetworks);
    return door(isDask(service) ? [chosenPorts] : portsOf(service, at.listen), others);
  });
}

export function doorsOf(cluster: Cluster, form: HostForm): string {
  const ssh: Door = { protocol: 'tcp', ports: [one(form.host.sshPort)], from: null };
  const all = new Map(doors(cluster, form).map((door) => [JSON.stringify(door), door]));
  // Without the cluster's hash: a change elsewhere must not close and open the doors anew.
  return formatDoors(ssh, [...all.values()], header(cluster, 'ansible').replace(/, sha256:[0-9a-f]+/, ''));
}
