// How is one service told to a swarm? In the words of a stack file, hardened as far as `docker stack deploy` listens.
import type { Config, Network, Service } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import { healthcheck, logging } from './containers/parts.ts';
import type { ComposeValue } from './containers/value.ts';
import { deploy, publishedPorts } from './swarm-deploy.ts';
import { configMounts, secretMounts, userId, volumeMounts } from './swarm-mounts.ts';
import type { StoredSecret } from './types.ts';

/** Ours come from the registry that the spec names, if it names one. */
export function imageOf({ image }: Service, { swarm }: Cluster): string {
  if (image.build === null || swarm.registry === null) return image.reference;
  return `${swarm.registry}/${image.reference}`;
}

/** `front` is for published ports only, which few services have here. */
export function networksOf(service: Service): readonly Network[] {
  const hasPort = publishedPorts(service).length > 0;
  return service.networks.filter((name) => name !== 'front' || hasPort);
}

function networks(service: Service): ComposeValue {
  const joined = networksOf(service);
  if (service.aliases.length === 0) return joined;
  return Object.fromEntries(joined.map((name) => [name, name === 'back' ? { aliases: service.aliases } : null]));
}

function ports(service: Service, { swarm }: Cluster): readonly ComposeValue[] {
  const mode = swarm.endpoint === 'vip' ? 'ingress' : 'host';
  return publishedPorts(service).map(({ container, published }) => ({
    target: container,
    published,
    protocol: 'tcp',
    mode,
  }));
}

/** One entry of `services`. No order of starts: a swarm knows none, health and restarts see to it. */
export function swarmService(
  service: Service,
  cluster: Cluster,
  configs: readonly Config[],
  stored: readonly StoredSecret[],
): ComposeValue {
  const open = ports(service, cluster);
  const secrets = secretMounts(service, stored);
  const read = configMounts(service, configs);
  const seen = volumeMounts(service);
  const user = service.engineSocket ? '0' : userId;
  return {
    image: imageOf(service, cluster),
    ...(service.command !== null && { command: service.command }),
    ...(service.entrypoint !== null && { entrypoint: service.entrypoint }),
    ...(Object.keys(service.environment).length > 0 && { environment: service.environment }),
    ...(open.length > 0 && { ports: open }),
    networks: networks(service),
    ...(secrets.length > 0 && { secrets }),
    ...(read.length > 0 && { configs: read }),
    ...(seen.length > 0 && { volumes: seen }),
    healthcheck: healthcheck(service),
    logging,
    user: `${user}:${user}`,
    cap_drop: ['ALL'],
    init: true,
    read_only: true,
    stop_grace_period: `${service.graceSeconds}s`,
    deploy: deploy(service, cluster),
  };
}
