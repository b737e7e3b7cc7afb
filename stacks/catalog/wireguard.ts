// Which secrets do hosts need to form a private network? A key each, and a file that names its peers.
import { wireguard } from '../cluster/rack-paths.ts';
import type { Cluster } from '../cluster/types.ts';
import type { SecretFile } from './types.ts';

const keyOf = (host: string): string => `${wireguard.secret(host)}.key`;

/** The keys first: from them follow the files, of which each host gets its own. */
export function wireguardSecrets({ rack: { hosts, network } }: Cluster): readonly SecretFile[] {
  if (network === null) return [];
  const peers = hosts.map(({ address, endpoint, name }) => ({ name, of: keyOf(name), address, endpoint }));
  return [
    ...hosts.map(({ name }) => ({ kind: 'wireguard-key', path: keyOf(name) }) as const),
    ...hosts.map(
      (host) =>
        ({
          kind: 'wireguard',
          path: wireguard.secret(host.name),
          of: keyOf(host.name),
          port: network.port,
          peers: peers.filter(({ name }) => name !== host.name),
        }) as const,
    ),
  ];
}
