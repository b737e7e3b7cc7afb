// What does a swarm of the rack's hosts need? Doors between them alone, and what Ansible makes of each of them.
import type { Cluster, RackHost } from '../cluster/types.ts';
import type { Door, PortRange } from '../formats/nftables.ts';
import type { YamlValue } from '../formats/yaml.ts';

const one = (port: number): PortRange => ({ first: port, last: port });

/** https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts */
const ports = { managers: one(2377), members: one(7946), overlays: one(4789) } as const;

/** None for a host that is in no swarm, or alone in it. */
export function swarmDoors({ rack }: Cluster, host: RackHost): readonly Door[] {
  const members = rack.hosts.filter(({ address, swarm }) => swarm !== null && address !== host.address);
  if (host.swarm === null || members.length === 0) return [];
  const from = members.map(({ address }) => address);
  const tcp = [...(host.swarm === 'manager' ? [ports.managers] : []), ports.members];
  return [
    { protocol: 'tcp', ports: tcp, from },
    { protocol: 'udp', ports: [ports.overlays, ports.members], from },
    // Networks that are encrypted come in IPsec.
    { protocol: 'esp', from },
  ];
}

/** Beside the groups of roles: who gets an engine, and who is what in the swarm. */
export const engineGroups: Readonly<Record<string, (host: RackHost) => boolean>> = {
  docker: ({ engine }) => engine,
  swarm_manager: ({ swarm }) => swarm === 'manager',
  swarm_worker: ({ swarm }) => swarm === 'worker',
};

export const swarmVars = ({ address, swarm }: RackHost): Readonly<Record<string, YamlValue>> =>
  swarm === null ? {} : { muster_swarm: { role: swarm, address } };
