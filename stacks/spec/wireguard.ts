// Which address has a host in the private network of the rack? One that follows from its name, so that no other host moves it.
import { wireguardDefaults } from './defaults-services.ts';
import type { RackHostSpec, RackSpec } from './types.ts';

export type Subnet = { readonly text: string; readonly first: number; readonly size: number };

/** `10.0.0.1` as the number that it is. */
export const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export const addressOf = (number: number): string =>
  [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');

/** Of a text that its rule has let through. */
export function subnetOf(text: string): Subnet {
  const [address = '', length = ''] = text.split('/');
  return { text, first: numberOf(address), size: 2 ** (32 - Number(length)) };
}

/** Whether a host may have it: the first address is the network's own, the last one is everybody's. */
export const isHostOf = ({ first, size }: Subnet, address: string): boolean =>
  numberOf(address) > first && numberOf(address) < first + size - 1;

export const holds = ({ first, size }: Subnet, address: string): boolean =>
  numberOf(address) >= first && numberOf(address) < first + size;

/** FNV-1a with 32 bits: names that differ at their end alone stay apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}

/** Written, or else by the name. Two names may give one address: the checks refuse that. */
export function wireguardAddress(subnet: Subnet, name: string, { wireguard }: RackHostSpec): string {
  return wireguard ?? addressOf(subnet.first + 1 + (hashOf(name) % (subnet.size - 2)));
}

export type NetworkOfSpec = { readonly subnet: Subnet; readonly port: number };

/** Null: the hosts have a private network already. */
export function networkOfSpec({ network }: RackSpec): NetworkOfSpec | null {
  if (network === undefined) return null;
  const { port, subnet } = { ...wireguardDefaults, ...(network === 'wireguard' ? {} : network) };
  return { subnet: subnetOf(subnet), port };
}
