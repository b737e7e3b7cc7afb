// How is Docker Compose told? compose/compose.yaml, what its services read, and the .env for plain `docker compose`.
import type { Config, Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import { formatYaml } from '../formats/yaml.ts';
import type { Finding } from '../spec/types.ts';
import { composeService } from './compose-service.ts';
import { configFiles } from './containers/configs.ts';
import { sizeFindings } from './containers/findings.ts';
import { header, volumeNames } from './containers/parts.ts';
import { escapedMap } from './containers/value.ts';
import type { Target } from './types.ts';

/** Names an orchestrator that runs somewhere else. */
const orchestratorElsewhere = 'MUSTER_ORCHESTRATOR_URL';

/**
 * Plain `docker compose up` starts the workers and their orchestrator, which is in the profile `local`. With an
 * orchestrator elsewhere its URL becomes the name of a profile that nothing is in.
 */
function environmentFile(cluster: Cluster): string {
  return [
    ...header(cluster, 'compose')
      .split('\n')
      .map((line) => `# ${line}`),
    'COMPOSE_FILE=compose/compose.yaml',
    `COMPOSE_PROJECT_NAME=${cluster.name}`,
    `COMPOSE_PROFILES=workers,\${${orchestratorElsewhere}:-local}`,
    '',
  ].join('\n');
}

function composeFile(cluster: Cluster, services: readonly Service[], configs: readonly Config[]): string {
  const document = {
    name: cluster.name,
    services: Object.fromEntries(services.map((each) => [each.name, composeService(each, services, configs)])),
    networks: { back: { internal: true }, egress: {}, front: {} },
    volumes: Object.fromEntries(volumeNames(services).map((name) => [name, {}])),
  };
  return formatYaml(escapedMap(document), header(cluster, 'compose'));
}

/** Compose gives the replicas of a service the same devices. */
function gpuFindings(cluster: Cluster): readonly Finding[] {
  return cluster.workers.flatMap(({ gpus, name, replicas, targets }) => {
    if (gpus.kind !== 'count' || replicas < 2 || !targets.includes('compose')) return [];
    const message = `expected one replica for a count of GPUs, got ${replicas}: on Compose they share the same GPUs`;
    const remedy = 'write a class for each, which gets GPUs of its own';
    return [{ severity: 'warning', path: ['workers', name, 'replicas'], message, remedy }];
  });
}

/** The one-shot makes volumes writable, in folders of its image. */
const mostVolumes = 32;

function volumeFindings(services: readonly Service[]): readonly Finding[] {
  const names = volumeNames(services.filter(({ image }) => image.build === null));
  if (names.length <= mostVolumes) return [];
  const message = `expected at most ${mostVolumes} volumes of pulled images, got ${names.length}`;
  return [{ severity: 'error', path: ['services'], message, remedy: 'use fewer kinds of servers with more replicas' }];
}

export const compose: Target = {
  summary: 'compose/compose.yaml, its configs and .env, for Docker Compose on one machine',
  render: (cluster, all, configs) => {
    const services = all.filter(({ targets }) => targets.includes('compose'));
    return {
      files: [
        { path: '.env', text: environmentFile(cluster), mode: 0o644 },
        { path: 'compose/compose.yaml', text: composeFile(cluster, services, configs), mode: 0o644 },
        ...configFiles(services, configs),
      ],
      findings: [...gpuFindings(cluster), ...volumeFindings(services), ...sizeFindings(services)],
    };
  },
};
