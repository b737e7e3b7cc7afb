// Which secrets must a rack have beside those of every cluster? The orchestrator's certificate, and keys of its network.
import { hostOf } from '../cluster/rack.ts';
import type { Cluster } from '../cluster/types.ts';
import { secretFiles } from './index.ts';
import { orchestratorCertificate } from './orchestrator-tls.ts';
import type { SecretFile } from './types.ts';
import { wireguardSecrets } from './wireguard.ts';

/** All of them, in the order in which they are made; each host gets those that its units read. */
export function rackSecretFiles(cluster: Cluster): readonly SecretFile[] {
  const files = secretFiles(cluster);
  const host = hostOf(cluster, 'orchestrator');
  const hasAuthority = files.some(({ path }) => path === 'authority/ca');
  return [
    ...(hasAuthority ? [] : [{ kind: 'authority', path: 'authority/ca', name: cluster.name } as const]),
    ...files,
    orchestratorCertificate(host === undefined ? [] : [host.name, host.address]),
    ...wireguardSecrets(cluster),
  ];
}

/** What signs the certificates of a cluster, for whoever must know it without being of its rack. */
export const authorityFiles = (cluster: Cluster): readonly SecretFile[] =>
  rackSecretFiles(cluster).filter(({ kind, path }) => kind === 'authority' && path === 'authority/ca');
