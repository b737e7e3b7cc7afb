// How is an agent deployed? One service per worker class; replicas share the class's credential, never a name.
import type { Cluster, Gpus, WorkerClass } from '../cluster/types.ts';
import { orchestratorPort } from './orchestrator.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, Image, Service } from './types.ts';

/** Beyond the drain: to report the last results and leave. */
const leaveSeconds = 15;

function agentImage({ version }: Cluster, { name, image }: WorkerClass): Image {
  const repository = image === null ? 'muster-agent' : `muster-agent-${name}`;
  return { reference: `${repository}:${version}`, build: { daemon: 'agent', base: image } };
}

function gpusText(gpus: Gpus): string {
  return gpus.kind === 'count' ? String(gpus.count) : gpus.kind;
}

function agentService(cluster: Cluster, worker: WorkerClass): Service {
  return {
    ...ordinary,
    name: worker.name,
    image: agentImage(cluster, worker),
    profile: 'workers',
    targets: worker.targets,
    environment: {
      ...worker.environment,
      MUSTER_CPUS: String(worker.cpus),
      MUSTER_DRAIN_SECONDS: String(worker.drainSeconds),
      MUSTER_GPUS: gpusText(worker.gpus),
      MUSTER_HEALTH: '127.0.0.1:50052',
      MUSTER_JOB_ENVIRONMENT: Object.keys(worker.environment).join(','),
      MUSTER_JOB_INHERIT: 'image',
      MUSTER_LABELS: JSON.stringify(worker.labels),
      MUSTER_MAX_RESTART_ATTEMPTS: String(worker.maxRestartAttempts),
      MUSTER_MEMORY_MIB: String(worker.memoryMiB),
      MUSTER_STATE: '/var/lib/muster',
      MUSTER_TOKEN_FILE: '/run/muster/class/token',
      MUSTER_WORKER_CLASS: worker.name,
      // Where no MUSTER_ORCHESTRATOR_URL is handed on: the agent reads this name second.
      SERVER_URL: `http://orchestrator:${orchestratorPort}`,
    },
    passThrough: ['MUSTER_ALLOW_PLAIN_HTTP', 'MUSTER_ORCHESTRATOR_URL'],
    secrets: [{ folder: `classes/${worker.name}`, path: '/run/muster/class', writable: false, exists: false }],
    // On disk, not in memory: inputs would count against the worker's limit, and results must outlive a restart.
    state: [{ name: null, path: '/var/lib/muster' }],
    scratch: [{ path: '/tmp', sizeMiB: Math.ceil(worker.memoryMiB / 4), executable: true }],
    health: {
      command: ['/opt/muster/bin/muster-agent', 'health'],
      intervalSeconds: 4,
      timeoutSeconds: 15,
      startSeconds: 30,
      retries: 3,
    },
    limits: { cpus: worker.cpus, memoryMiB: worker.memoryMiB, processes: worker.maxProcesses },
    networks: ['back', 'egress'],
    dependsOn: [
      { service: 'orchestrator', until: 'healthy', optional: true },
      { service: 'secrets', until: 'done', optional: false },
    ],
    graceSeconds: worker.drainSeconds + leaveSeconds,
    gpus: worker.gpus,
    replicas: worker.replicas,
    scalable: true,
  };
}

export const agent: CatalogEntry = {
  summary: 'one service per worker class: runs jobs, dials out, listens on nothing public',
  services: (cluster) => cluster.workers.map((worker) => agentService(cluster, worker)),
  secretFiles: ({ workers }) =>
    workers.map(({ name }) => ({ kind: 'token', path: `classes/${name}/token`, prefix: 'mc' })),
};
