// What follows from one written class of workers?
import { admitted } from '../spec/checks-names.ts';
import { workerDefaults } from '../spec/defaults.ts';
import type { WorkerDefaultsSpec, WorkerSpec } from '../spec/types.ts';
import { gpusOf, memoryMiB, seconds, sorted, targetsOf } from './decide.ts';
import type { WorkerClass } from './types.ts';

/** Labels and environment of `own` add to the shared ones; other keys replace them. */
export function workerClass(name: string, shared: WorkerDefaultsSpec, own: WorkerSpec): WorkerClass {
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
