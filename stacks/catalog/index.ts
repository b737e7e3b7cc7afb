// Which services does a cluster consist of? The registry: one file per kind, one line here.
import type { Cluster } from '../cluster/types.ts';
import { agent } from './agent.ts';
import { alertmanager } from './alertmanager.ts';
import { certificates } from './certificates.ts';
import { dask } from './dask.ts';
import { grafana } from './grafana.ts';
import { ollama } from './ollama.ts';
import { openWebui } from './open-webui.ts';
import { orchestrator } from './orchestrator.ts';
import { prometheus } from './prometheus.ts';
import { proxy } from './proxy.ts';
import { secrets, withSecretFiles } from './secrets.ts';
import type { BroughtSecret, CatalogEntry, SecretFile, Service } from './types.ts';
import { visualizer } from './visualizer.ts';
import { withOpenVolumes } from './volumes.ts';

export const catalog = {
  agent,
  alertmanager,
  certificates,
  dask,
  grafana,
  ollama,
  openWebui,
  orchestrator,
  prometheus,
  proxy,
  secrets,
  visualizer,
} satisfies Record<string, CatalogEntry>;

/** Every service of a cluster, sorted by name. */
export function services(cluster: Cluster): readonly Service[] {
  const all = Object.values(catalog)
    .flatMap((entry) => entry.services(cluster))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return withSecretFiles(withOpenVolumes(all), secretFiles(cluster));
}

/** Every file that must lie in the secrets folder, in the order in which they are made. */
export function secretFiles(cluster: Cluster): readonly SecretFile[] {
  return Object.values<CatalogEntry>(catalog).flatMap((entry) => entry.secretFiles?.(cluster) ?? []);
}

/** Every secret that only the user can bring. */
export function broughtSecrets(cluster: Cluster): readonly BroughtSecret[] {
  return Object.values<CatalogEntry>(catalog).flatMap((entry) => entry.broughtSecrets?.(cluster) ?? []);
}
