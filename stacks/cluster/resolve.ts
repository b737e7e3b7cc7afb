// What follows from a spec? Every default filled in, sizes as numbers, everything sorted, and a hash over the whole.
import { createHash } from 'node:crypto';
import { admitted } from '../spec/checks-names.ts';
import { backupDefaults, orchestratorDefaults, workerDefaults } from '../spec/defaults.ts';
import type { ClusterSpec, OrchestratorSpec, WorkerDefaultsSpec, WorkerSpec } from '../spec/types.ts';
import { byText, gpusOf, memoryMiB, seconds, sorted, targetsOf } from './decide.ts';
import { rackOf } from './rack.ts';
import { stackOf } from './stack.ts';
import { swarmOf } from './swarm.ts';
import type { Backup, Cluster, Host, WorkerClass } from './types.ts';
import { version } from './version.ts';

function workerClass(name: string, shared: WorkerDefaultsSpec, own: WorkerSpec): WorkerClass {
  const spec = { ...workerDefaults, ...shared, ...own };
  return {
    name,
    replicas: spec.replicas,
    maxReplicas: admitted(own),
    cpus: spec.cpus,
    memoryMiB: memoryMiB(spec.memory),
    gpus: gpusOf(spec.gpus),
    labels: sorted({ ...shared.labels, ...own.labels }),
    image: spec.image ?? null,
    environment: sorted({ ...shared.environment, ...own.environment }),
    drainSeconds: seconds(spec.drainGrace),
    maxProcesses: spec.maxProcesses,
    maxRestartAttempts: spec.maxRestartAttempts,
    targets: targetsOf(spec.targets),
  };
}

function backupOf(spec: OrchestratorSpec['backup'] = true): Backup | null {
  if (spec === false) return null;
  const { at, keep } = { ...backupDefaults, ...(spec === true ? {} : spec) };
  return { calendar: at, keep };
}

/**
 * Decides a checked spec. Labels and environment of a worker add to those of `defaults`; other keys replace them. With
 * `host`, what the spec leaves to the host is sized for it; without, it gets a size that any machine can give, so that
 * generated files are the same everywhere.
 */
export function resolve(spec: ClusterSpec, host?: Host): Cluster {
  const orchestrator: Required<Omit<OrchestratorSpec, 'backup'>> & OrchestratorSpec = {
    ...orchestratorDefaults,
    ...spec.orchestrator,
  };
  const decided = {
    name: spec.name,
    orchestrator: {
      port: orchestrator.port,
      cpus: orchestrator.cpus,
      memoryMiB: memoryMiB(orchestrator.memory),
      heartbeatSeconds: seconds(orchestrator.heartbeat),
      leaseTtlSeconds: seconds(orchestrator.leaseTtl),
      backup: backupOf(orchestrator.backup),
    },
    workers: Object.entries(spec.workers ?? {})
      .map(([name, own]) => workerClass(name, spec.defaults?.worker ?? {}, own))
      .sort((a, b) => byText(a.name, b.name)),
    stack: stackOf(spec, host ?? null),
    swarm: swarmOf(spec.swarm ?? {}),
    rack: rackOf(spec),
    version,
  };
  return { ...decided, hash: createHash('sha256').update(JSON.stringify(decided)).digest('hex') };
}
