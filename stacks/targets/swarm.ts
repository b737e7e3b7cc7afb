// How is a Docker swarm told? compose/docker-stack.yml, for plain `docker stack deploy` once the swarm is prepared.
import type { Config, Service } from '../catalog/types.ts';
import { clusterLabel, configName, secretKey, secretName, secretVariable, volumeName } from '../cluster/swarm-names.ts';
import type { Cluster } from '../cluster/types.ts';
import { formatYaml } from '../formats/yaml.ts';
import { configFiles, configSource } from './containers/configs.ts';
import { header } from './containers/parts.ts';
import { type ComposeValue, escapedMap, Interpolation } from './containers/value.ts';
import { swarmFindings } from './swarm-findings.ts';
import { configKey, secretsOf, volumesOf } from './swarm-mounts.ts';
import { networksOf, swarmService } from './swarm-service.ts';
import type { StoredSecret, Target } from './types.ts';

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const mapOf = (names: readonly string[], value: (name: string) => ComposeValue) =>
  Object.fromEntries(names.map((name) => [name, value(name)]));

function network(name: string, { swarm, name: cluster }: Cluster): ComposeValue {
  return {
    driver: 'overlay',
    attachable: false,
    ...((name === 'back' || name === 'engine') && { internal: true }),
    ...(swarm.encrypted && { driver_opts: { encrypted: 'true' } }),
    labels: { [clusterLabel]: cluster },
  };
}

/** What runs on a swarm: no one-shots, whose work `muster swarm prepare` does. */
export function onSwarm(services: readonly Service[]): readonly Service[] {
  return services.filter(({ role, targets }) => role === 'daemon' && targets.includes('swarm'));
}

function stackFile(
  cluster: Cluster,
  services: readonly Service[],
  configs: readonly Config[],
  stored: readonly StoredSecret[],
): string {
  const secrets = unique(services.flatMap((service) => secretsOf(service, stored)));
  const read = new Set(services.flatMap((service) => service.configs.map(({ file }) => file)));
  const volumes = unique(services.flatMap((service) => volumesOf(service).map(({ name }) => name)));
  const document = {
    version: '3.9',
    services: Object.fromEntries(
      services.map((service) => [service.name, swarmService(service, cluster, configs, stored)]),
    ),
    networks: mapOf(unique(services.flatMap(networksOf)), (name) => network(name, cluster)),
    ...(volumes.length > 0 && { volumes: mapOf(volumes, (name) => ({ name: volumeName(cluster, name) })) }),
    ...(secrets.length > 0 && {
      secrets: Object.fromEntries(
        secrets.map((path) => [
          secretKey(path),
          { external: true, name: Interpolation.named(secretVariable(path), secretName(cluster, path, 1)) },
        ]),
      ),
    }),
    ...(read.size > 0 && {
      configs: Object.fromEntries(
        configs
          .filter(({ path }) => read.has(path))
          .map((config) => [
            configKey(config.path),
            { name: configName(cluster, config), file: configSource(config.path) },
          ]),
      ),
    }),
  };
  return formatYaml(escapedMap(document), header(cluster, 'swarm'));
}

export const swarm: Target = {
  summary: 'compose/docker-stack.yml and its configs, for docker stack deploy on a swarm',
  render: (cluster, all, configs, stored = []) => {
    const services = onSwarm(all);
    return {
      files: [
        { path: 'compose/docker-stack.yml', text: stackFile(cluster, services, configs, stored), mode: 0o644 },
        ...configFiles(services, configs),
      ],
      findings: swarmFindings(cluster, services),
    };
  },
};
