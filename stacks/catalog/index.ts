// Which services does a cluster consist of? The registry: one file per kind, one line here.
import type { Cluster } from '../cluster/types.ts';
import { agent } from './agent.ts';
import { orchestrator } from './orchestrator.ts';
import { secrets } from './secrets.ts';
import type { CatalogEntry, SecretFile, Service } from './types.ts';

export const catalog = { agent, orchestrator, secrets } satisfies Record<string, CatalogEntry>;

/** Every service of a cluster, sorted by name. */
export function services(cluster: Cluster): readonly Service[] {
  return Object.values(catalog)
    .flatMap((entry) => entry.services(cluster))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every file that must lie in the secrets folder, in the order in which they are made. */
export function secretFiles(cluster: Cluster): readonly SecretFile[] {
  return Object.values<CatalogEntry>(catalog).flatMap((entry) => entry.secretFiles?.(cluster) ?? []);
}
