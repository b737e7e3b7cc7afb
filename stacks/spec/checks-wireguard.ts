// Can the hosts of the rack form a private network? Each with an address of its own there, and reached by who needs it.
import { mistake, mistakenKey } from './findings.ts';
import { rackServices } from './rack-services.ts';
import type { ClusterSpec, Finding, RackHostSpec } from './types.ts';
import {
  addressOf,
  holds,
  isHostOf,
  type NetworkOfSpec,
  networkOfSpec,
  type Subnet,
  wireguardAddress,
} from './wireguard.ts';

type Hosts = readonly (readonly [name: string, host: RackHostSpec])[];

const subnetPath = ['rack', 'network', 'subnet'];

function subnets({ subnet }: NetworkOfSpec, hosts: Hosts): readonly Finding[] {
  const { first, size, text } = subnet;
  if (first % size !== 0) {
    const right = `${addressOf(first - (first % size))}/${text.split('/')[1]}`;
    return [mistake(subnetPath, `expected the first address of the network, got ${text}`, `write ${right}`)];
  }
  if (hosts.length > size - 2) {
    const message = `expected room for ${hosts.length} hosts, got ${text}, which has room for ${size - 2}`;
    return [mistake(subnetPath, message, 'write a larger one, such as 10.90.0.0/16')];
  }
  const inside = hosts.find(([, { address }]) => holds(subnet, address));
  if (inside === undefined) return [];
  const message = `expected a network of its own, got ${text}, where ${inside[0]} has its own address ${inside[1].address}`;
  return [mistake(subnetPath, message, 'write one that nobody uses, such as 10.91.0.0/16')];
}

function freeAddress(subnet: Subnet, taken: readonly string[]): string {
  for (let next = subnet.first + 1; next < subnet.first + subnet.size - 1; next += 1) {
    if (!taken.includes(addressOf(next))) return addressOf(next);
  }
  return 'one of a larger subnet';
}

function addresses({ subnet }: NetworkOfSpec, hosts: Hosts): readonly Finding[] {
  const all = hosts.map(([name, host]) => ({
    name,
    written: host.wireguard,
    is: wireguardAddress(subnet, name, host),
  }));
  const free = freeAddress(
    subnet,
    all.map(({ is }) => is),
  );
  return all.flatMap(({ is, name, written }, index) => {
    const path = ['rack', 'hosts', name, 'wireguard'];
    if (written !== undefined && !isHostOf(subnet, written)) {
      return [
        mistake(path, `expected an address of a host in ${subnet.text}, got ${written}`, `write ${free}, or none`),
      ];
    }
    const before = all.slice(0, index).find((other) => other.is === is);
    if (before === undefined) return [];
    // The older of the two keeps its address only if the other one is written down: nobody is moved unasked.
    const remedy = `write "wireguard: ${free}" for the host that came last`;
    return [mistake(path, `expected an address of its own, got ${is}, which ${before.name} has`, remedy)];
  });
}

/** Who cannot be dialled dials: so of two that speak with each other one must be reached. Workers speak with no other. */
function unreached(spec: ClusterSpec, hosts: Hosts): readonly Finding[] {
  const hidden = hosts.filter(([, { endpoint }]) => endpoint === 'none');
  const every = rackServices(spec).map(({ name }) => name);
  const isAsked = ([, { runs = every }]: Hosts[number]): boolean =>
    runs.some((name) => !Object.hasOwn(spec.workers ?? {}, name));
  const asked = hidden.find(isAsked);
  return hidden.flatMap((host) => {
    if (asked === undefined || host === asked) return [];
    const message = `expected an endpoint, got none: ${asked[0]} has none either, so neither of them can dial the other`;
    return [mistake(['rack', 'hosts', host[0], 'endpoint'], message, 'write where one of the two is reached')];
  });
}

export function checkWireguard(spec: ClusterSpec): readonly Finding[] {
  const hosts = Object.entries(spec.rack?.hosts ?? {});
  const network = networkOfSpec(spec.rack ?? {});
  if (network === null) {
    return hosts.flatMap(([name, host]) =>
      (['wireguard', 'endpoint'] as const)
        .filter((key) => host[key] !== undefined)
        .map((key) => {
          const message = 'expected a private network, got none';
          return mistakenKey(
            ['rack', 'hosts', name, key],
            message,
            'write "network: wireguard" below rack, or remove it',
          );
        }),
    );
  }
  if (hosts.length === 0) {
    const message = 'expected hosts, got none: one machine needs no network';
    return [mistakenKey(['rack', 'network'], message, 'write rack.hosts, or remove network')];
  }
  const wrong = subnets(network, hosts);
  return [...(wrong.length > 0 ? wrong : addresses(network, hosts)), ...unreached(spec, hosts)];
}
