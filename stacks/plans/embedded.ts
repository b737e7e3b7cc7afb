// Which local processes are the cluster in its embedded form? Cluster → Child[].
import type { Cluster, Gpus, WorkerClass } from '../cluster/types.ts';
import type { Child } from './types.ts';

export type EmbeddedPlace = {
  /** `.muster`, absolute. */
  readonly home: string;
  /** Node's absolute path: outlives node_modules. */
  readonly node: string;
  /** The bundles of the daemons, absolute paths under `home`. */
  readonly bundles: { readonly orchestrator: string; readonly agent: string };
  /** Where the orchestrator listens on 127.0.0.1. */
  readonly port: number;
  /** What machines that are invited install, absolute; it may be absent. */
  readonly downloads: string;
};

/** The same as in the images' launchers: small memory, no warning of what is new in Node. */
export const nodeFlags = {
  orchestrator: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'],
  agent: ['--disable-warning=ExperimentalWarning', '--jitless', '--max-semi-space-size=1'],
} as const;

/** A worker ends its jobs after the drain and hands them back; that takes a moment more. */
const stopMarginSeconds = 15;

/** The orchestrator and one agent per replica, in the order in which they start. Pure. */
export function embeddedChildren(cluster: Cluster, place: EmbeddedPlace): readonly Child[] {
  const { orchestrator } = cluster;
  const here = cluster.workers.filter(({ targets }) => targets.includes('compose'));
  const classes = cluster.workers.map(({ name, maxReplicas, labels }) => ({ name, maxReplicas, labels }));
  return [
    {
      name: 'orchestrator',
      program: place.node,
      role: 'orchestrator',
      args: [...nodeFlags.orchestrator, place.bundles.orchestrator],
      stopSeconds: 10,
      environment: {
        MUSTER_DOWNLOADS: place.downloads,
        MUSTER_LISTEN: `127.0.0.1:${place.port}`,
        MUSTER_STATE: `${place.home}/orchestrator`,
        MUSTER_SECRETS: `${place.home}/secrets`,
        MUSTER_CLASSES: JSON.stringify(classes),
        MUSTER_HEARTBEAT_SECONDS: String(orchestrator.heartbeatSeconds),
        MUSTER_LEASE_TTL_SECONDS: String(orchestrator.leaseTtlSeconds),
      },
    },
    ...here.flatMap((worker) =>
      Array.from({ length: worker.replicas }, (_, index) => agentChild(place, worker, index + 1)),
    ),
  ];
}

function agentChild(place: EmbeddedPlace, worker: WorkerClass, replica: number): Child {
  // As the orchestrator names them; the first keeps its name, so that a second one does not restart it.
  const name = replica === 1 ? worker.name : `${worker.name}-${replica}`;
  return {
    program: place.node,
    name,
    role: 'worker',
    args: [...nodeFlags.agent, place.bundles.agent],
    afterEnd: [...nodeFlags.agent, place.bundles.agent, 'ended'],
    stopSeconds: worker.drainSeconds + stopMarginSeconds,
    environment: {
      ...worker.environment,
      MUSTER_ORCHESTRATOR_URL: `http://127.0.0.1:${place.port}`,
      MUSTER_WORKER_CLASS: worker.name,
      MUSTER_WORKER_NAME: name,
      MUSTER_TOKEN_FILE: `${place.home}/secrets/classes/${worker.name}/token`,
      MUSTER_LABELS: JSON.stringify(worker.labels),
      MUSTER_MAX_RESTART_ATTEMPTS: String(worker.maxRestartAttempts),
      MUSTER_CPUS: String(worker.cpus),
      MUSTER_MEMORY_MIB: String(worker.memoryMiB),
      MUSTER_GPUS: gpusText(worker.gpus),
      MUSTER_DRAIN_SECONDS: String(worker.drainSeconds),
      MUSTER_STATE: `${place.home}/workers/${worker.name}-${replica}`,
      MUSTER_HEALTH: '127.0.0.1:0',
      MUSTER_JOB_ENVIRONMENT: Object.keys(worker.environment).sort().join(','),
    },
  };
}

function gpusText(gpus: Gpus): string {
  return gpus.kind === 'count' ? String(gpus.count) : gpus.kind;
}
