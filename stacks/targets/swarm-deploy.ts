// Where and how is a service run on a swarm? Its `deploy`: replicas, nodes, resources, updates.
import type { Port, Service } from '../catalog/types.ts';
import { clusterLabel, gpuLabel, volumeLabel } from '../cluster/swarm-names.ts';
import type { Cluster } from '../cluster/types.ts';
import type { ComposeValue } from './containers/value.ts';
import { volumesOf } from './swarm-mounts.ts';

/** What a swarm cannot keep on loopback gets no port at all. */
export function publishedPorts({ ports }: Service): readonly Port[] {
  return ports.filter((port) => port.public);
}

/** One task for a node: two would share the node's GPUs, or a volume that is not made for it. */
function onePerNode(service: Service): boolean {
  const sharing = volumesOf(service).length > 0 && service.replicas > 1 && !service.scalable;
  return service.gpus.kind === 'count' || sharing;
}

/**
 * May the new task start while the old one runs? Not with a lock, a volume or a port of the node. Nor where the place
 * is taken: a worker reserves what it offers, so on a full node a new one would wait for ever.
 */
export function startsFirst(service: Service, { swarm }: Cluster): boolean {
  const bound = swarm.endpoint === 'dnsrr' && publishedPorts(service).length > 0;
  return !(service.exclusive || service.scalable || bound || volumesOf(service).length > 0 || onePerNode(service));
}

function constraints(service: Service, cluster: Cluster): readonly string[] {
  const offManagers = service.scalable && !cluster.swarm.workersOnManagers;
  return [
    ...(service.engineSocket ? ['node.role == manager'] : []),
    ...(offManagers ? ['node.role == worker'] : []),
    ...(service.gpus.kind === 'count' ? [`node.labels.${gpuLabel} == true`] : []),
    ...volumesOf(service).map(({ name }) => `node.labels.${volumeLabel(cluster, name)} == true`),
  ];
}

/** What a worker offers to jobs it must have; the others seldom need all at once. */
function reservations({ limits, scalable }: Service): ComposeValue {
  const share = scalable ? { cpus: 1, memory: 1 } : { cpus: 0.25, memory: 0.5 };
  return {
    cpus: String(Math.round(limits.cpus * share.cpus * 100) / 100),
    memory: `${Math.round(limits.memoryMiB * share.memory)}M`,
  };
}

/** A task that never gets healthy has failed by then. */
function monitorSeconds({ health }: Service): number {
  if (health === null) return 5;
  return health.startSeconds + health.intervalSeconds * health.retries;
}

/** How long a service rests between two attempts to start. */
const restartDelaySeconds = 5;

export function deploy(service: Service, cluster: Cluster): ComposeValue {
  const { limits, replicas } = service;
  const oneAtATime = { parallelism: 1, delay: '0s', monitor: `${monitorSeconds(service)}s`, max_failure_ratio: 0 };
  const where = constraints(service, cluster);
  return {
    mode: 'replicated',
    replicas,
    // Of many equal ones each is asked by itself: for its figures, or after another one failed.
    endpoint_mode: service.scalable ? 'dnsrr' : cluster.swarm.endpoint,
    labels: { [clusterLabel]: cluster.name },
    placement: {
      ...(where.length > 0 && { constraints: where }),
      preferences: [{ spread: 'node.id' }],
      ...(onePerNode(service) && { max_replicas_per_node: 1 }),
    },
    resources: {
      limits: { cpus: String(limits.cpus), memory: `${limits.memoryMiB}M`, pids: limits.processes },
      reservations: reservations(service),
    },
    restart_policy: { condition: 'any', delay: `${restartDelaySeconds}s` },
    update_config: {
      ...oneAtATime,
      order: startsFirst(service, cluster) ? 'start-first' : 'stop-first',
      failure_action: 'rollback',
    },
    // Start-first would replace healthy tasks once more: https://github.com/moby/moby/issues/43081
    rollback_config: { ...oneAtATime, order: 'stop-first', failure_action: 'pause' },
  };
}
