// What holds when a key is not written? In the words of the spec; schema.ts shows them to editors, resolve fills them in.
import type { BackupSpec, OrchestratorSpec, WorkerSpec } from './types.ts';

export const backupDefaults = { at: 'daily', keep: 7 } satisfies Required<BackupSpec>;

export const orchestratorDefaults = {
  port: 8080,
  cpus: 1,
  memory: '512MiB',
  heartbeat: '30s',
  leaseTtl: '120s',
} satisfies Required<Omit<OrchestratorSpec, 'backup'>>;

/** `image` has no value of its own: without one, jobs run in Muster's; without `targets` a class runs everywhere. */
export const workerDefaults = {
  replicas: 1,
  maxReplicas: 16,
  cpus: 2,
  memory: '4GiB',
  gpus: 'none',
  labels: {},
  environment: {},
  drainGrace: '30s',
  maxProcesses: 4096,
  maxRestartAttempts: 3,
} satisfies Required<Omit<WorkerSpec, 'image' | 'targets'>>;
