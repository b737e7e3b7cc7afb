// What do tests of the monitoring share? A spec with all of it, one with hardly any, and their files on disk.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inContainers } from '../../stacks/configs/in-containers.ts';
import { configFiles } from '../../stacks/configs/index.ts';
import type { Cluster } from '../../stacks/index.ts';

/** Every alert and every dashboard has something to say of it. */
export const fullSpec = `name: home
workers:
  plain: { replicas: 2 }
  swarm: { targets: [swarm] }
services:
  dask:
    workers:
      cpu: {}
      big: { replicas: 2 }
  ollama: { models: ["tiny:1", "other:1"] }
  proxy: {}
  prometheus: {}
  alertmanager:
    email: { to: ops@example.org, from: muster@example.org, server: "mail.example.org:587", user: muster }
    webhook: true
  grafana: {}
`;

/** The same with as little as there can be. */
export const smallSpec = 'name: small\nservices: { prometheus: {}, grafana: {} }\n';

/** Writes what the services of a cluster read, as containers see it but for the folder; gives that folder. */
export function writeConfigs(folder: string, cluster: Cluster): string {
  const configs = join(folder, 'configs');
  const at = {
    ...inContainers,
    config: (file: string) => join(configs, file),
    secret: (path: string) => join(folder, path),
  };
  for (const { path, text, mode } of configFiles(cluster, at)) {
    mkdirSync(dirname(join(configs, path)), { recursive: true });
    writeFileSync(join(configs, path), text, { mode });
  }
  return configs;
}
