// How is nftables told which doors of a host are open? One table of ours; other tables stay as they are.

export type PortRange = { readonly first: number; readonly last: number };

type From = {
  /** Addresses and networks that may come in; null: everybody. */
  readonly from: readonly string[] | null;
  /** The one device on which they may come in; without it: any. */
  readonly on?: string;
};
export type Door =
  | (From & {
      readonly protocol: 'tcp' | 'udp';
      /** At least one. */
      readonly ports: readonly PortRange[];
    })
  /** What IPsec encrypted; it knows no ports. */
  | (From & { readonly protocol: 'esp' });

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** An address, or a network of them. */
const address = new RegExp(`^${octet}(?:\\.${octet}){3}(?:/(?:3[0-2]|[12]?\\d))?$`);
const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

function printedRange({ first, last }: PortRange): string {
  if (!isPort(first) || !isPort(last) || first > last) throw new Error(`${first}-${last} is no range of ports`);
  return first === last ? `${first}` : `${first}-${last}`;
}

function printedDoor(door: Door): string {
  const { from, on } = door;
  const wrong = from?.find((each) => !address.test(each));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} is neither an IPv4 address nor a network`);
  if (from?.length === 0) throw new Error('a door needs somebody who may come in');
  if (on !== undefined && !/^[a-z][a-z0-9-]{0,14}$/.test(on)) throw new Error(`${JSON.stringify(on)} is no device`);
  const device = on === undefined ? '' : `iifname "${on}" `;
  const source = device + (from === null ? '' : `ip saddr { ${from.join(', ')} } `);
  // By its number: small hosts know no names.
  if (door.protocol === 'esp') return `${source}meta l4proto 50 accept`;
  if (door.ports.length === 0) throw new Error('a door needs a port');
  return `${source}${door.protocol} dport { ${door.ports.map(printedRange).join(', ')} } accept`;
}

/** What else a host needs to be on a network: its own answers, itself, ICMP by its numbers (small hosts know no names), DHCP. */
const always = [
  'ct state established,related accept',
  'ct state invalid drop',
  'iif "lo" accept',
  'meta l4proto { 1, 58 } accept',
  'udp sport 67 udp dport 68 accept',
  'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
];

/**
 * A script for `nft -f` that may be loaded again and again, in one step each time. `first` stands before all others,
 * so that whatever comes later the operator is not locked out; null: nobody has to get in. What no door lets in is
 * dropped.
 */
export function formatDoors(first: Door | null, doors: readonly Door[], comment: string): string {
  const rules = [...(first === null ? [] : [printedDoor(first)]), ...always, ...doors.map(printedDoor)];
  return [
    ...comment.split(/[\n\r\u0085\u2028\u2029]/).map((line) => `# ${line}`),
    '',
    'table inet muster',
    'delete table inet muster',
    '',
    'table inet muster {',
    '  chain inbound {',
    '    type filter hook input priority filter; policy drop;',
    ...rules.map((rule) => `    ${rule}`),
    '  }',
    '}',
    '',
  ].join('\n');
}
