// Which files do services read? The registry: one file per kind, one line here.
import type { Cluster } from '../cluster/types.ts';
import { alertmanager } from './alertmanager.ts';
import { dask } from './dask.ts';
import { dockerReader } from './docker-reader.ts';
import { grafana } from './grafana.ts';
import { ollama } from './ollama.ts';
import { openWebui } from './open-webui.ts';
import { prometheus } from './prometheus.ts';
import { proxy } from './proxy.ts';
import type { Config, ConfigEntry, Surroundings } from './types.ts';

export const configs = {
  alertmanager,
  dask,
  dockerReader,
  grafana,
  ollama,
  openWebui,
  prometheus,
  proxy,
} satisfies Record<string, ConfigEntry>;

/** Every generated file that the services of a cluster read, sorted by path. */
export function configFiles(cluster: Cluster, at: Surroundings): readonly Config[] {
  return Object.values<ConfigEntry>(configs)
    .flatMap((entry) => entry.render(cluster, at))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
