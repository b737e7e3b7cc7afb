// What must a swarm have before `docker stack deploy` works? Secrets, volumes that may be written, images.
import type { Service } from '../catalog/types.ts';
import { volumeLabel, volumeName } from '../cluster/swarm-names.ts';
import type { Cluster } from '../cluster/types.ts';
import { onSwarm } from './swarm.ts';
import { secretsOf, volumesOf } from './swarm-mounts.ts';
import { imageOf } from './swarm-service.ts';
import type { StoredSecret } from './types.ts';

export type VolumeNeed = {
  /** As in `prometheus`. */
  readonly volume: string;
  /** As the engines know it. */
  readonly name: string;
  /** Its service runs on nodes with this label. */
  readonly label: string;
  /** On how many nodes it lies; `all` where the number of tasks may change at any time. */
  readonly nodes: number | 'all';
  /** Better off where the GPUs are. */
  readonly gpus: boolean;
};

export type ImageNeed = {
  /** As the stack file names it. */
  readonly reference: string;
  /** As it is named where it is built; null: it is pulled. */
  readonly built: string | null;
  readonly services: readonly string[];
};

export type SwarmNeeds = {
  /** Paths below the secrets folder, sorted. */
  readonly secrets: readonly string[];
  readonly volumes: readonly VolumeNeed[];
  readonly images: readonly ImageNeed[];
};

function volumes(cluster: Cluster, services: readonly Service[]): readonly VolumeNeed[] {
  const all = services.flatMap((service) =>
    volumesOf(service).map(({ name }): [string, VolumeNeed] => [
      name,
      {
        volume: name,
        name: volumeName(cluster, name),
        label: volumeLabel(cluster, name),
        nodes: service.scalable ? 'all' : Math.max(1, service.replicas),
        gpus: service.gpus.kind !== 'none',
      },
    ]),
  );
  return [...new Map(all).values()].sort((a, b) => (a.volume < b.volume ? -1 : 1));
}

function images(cluster: Cluster, services: readonly Service[]): readonly ImageNeed[] {
  const needs = new Map<string, ImageNeed>();
  for (const service of services) {
    const reference = imageOf(service, cluster);
    const { build, reference: local } = service.image;
    const others = needs.get(reference)?.services ?? [];
    needs.set(reference, { reference, built: build === null ? null : local, services: [...others, service.name] });
  }
  return [...needs.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

export function swarmNeeds(cluster: Cluster, all: readonly Service[], stored: readonly StoredSecret[]): SwarmNeeds {
  const services = onSwarm(all);
  return {
    secrets: [...new Set(services.flatMap((service) => secretsOf(service, stored)))].sort(),
    volumes: volumes(cluster, services),
    images: images(cluster, services),
  };
}
