// What is a worker, as it registers and as it is shown?
import { z } from 'zod';
import { Failing } from './failing.ts';
import { Labels, Name } from './text.ts';
import { RunningProgram } from './update.ts';

/** Who makes the card; also which variables make it visible to a job. */
export const gpuVendors = ['nvidia', 'amd', 'intel'] as const;
export const GpuVendor = z.enum(gpuVendors);
export type GpuVendor = z.infer<typeof GpuVendor>;

export const GpuFacts = z.strictObject({
  index: z.int().min(0),
  uuid: z.string().max(100).nullable(),
  name: z.string().max(200),
  memoryMiB: z.int().min(0).nullable(),
  driver: z.string().max(100).nullable(),
  vendor: GpuVendor.optional().describe('Absent from agents that know NVIDIA only.'),
  arch: z.string().max(50).nullable().optional().describe('What code must be built for, such as gfx1100.'),
  integrated: z.boolean().optional().describe('It is a part of the CPU and shares its memory.'),
});
export type GpuFacts = z.infer<typeof GpuFacts>;

/** How surely every descendant of a job ends with it (reliability, section g). */
export const isolations = ['unit', 'user-unit', 'cgroup', 'pid-namespace', 'process-group'] as const;
export const Isolation = z.enum(isolations);
export type Isolation = z.infer<typeof Isolation>;

/** What the worker has for jobs: the smaller of what its class allows and what the host or container has. */
export const Capacity = z.strictObject({
  cpus: z.number().min(0),
  memoryMiB: z.int().min(0),
  diskMiB: z.int().min(0).describe('Free space where jobs run, at registration.'),
  gpus: z.array(GpuFacts).max(64),
});
export type Capacity = z.infer<typeof Capacity>;

export const GpuLoad = z.strictObject({
  index: z.int().min(0),
  utilization: z.number().min(0).max(1).nullable(),
  memoryUsedMiB: z.int().min(0).nullable(),
  temperatureCelsius: z.number().nullable(),
});
export type GpuLoad = z.infer<typeof GpuLoad>;

export const Load = z.strictObject({
  cpu: z.number().min(0).max(1).describe('Busy share of all CPUs since the last heartbeat.'),
  memoryUsedMiB: z.int().min(0),
  memoryTotalMiB: z.int().min(0),
  swapUsedMiB: z.int().min(0),
  diskFreeMiB: z.int().min(0),
  gpus: z.array(GpuLoad).max(64),
});
export type Load = z.infer<typeof Load>;

export const workerStates = ['connecting', 'idle', 'busy', 'draining', 'offline', 'failing'] as const;
export const WorkerState = z.enum(workerStates);
export type WorkerState = z.infer<typeof WorkerState>;

export const WorkerCreate = z.strictObject({
  name: Name,
  labels: Labels.default({}),
});
export type WorkerCreate = z.infer<typeof WorkerCreate>;

/** The answer to a create: the only time that the token is shown. */
export const WorkerCreated = z.strictObject({ id: z.string(), name: z.string(), token: z.string() });
export type WorkerCreated = z.infer<typeof WorkerCreated>;

export const WorkerView = z.strictObject({
  id: z.string(),
  name: z.string(),
  class: z.string().nullable(),
  state: WorkerState,
  draining: z.boolean(),
  failing: Failing.nullable().optional().describe('Null for a worker that is not; absent from older orchestrators.'),
  kind: z.enum(['muster', 'compatible']).describe('Compatible: it speaks the SimpleTuner protocol; no command jobs.'),
  labels: Labels,
  cpus: z.number(),
  cpusFree: z.number(),
  memoryMiB: z.int(),
  diskMiB: z.int(),
  gpus: z.array(GpuFacts),
  isolation: Isolation.nullable(),
  version: z.string().nullable(),
  program: RunningProgram.nullable().optional().describe('Null: its agent does not say.'),
  jobs: z.array(z.string()).describe('Ids of the jobs it has now.'),
  load: Load.nullable(),
  lastSeenAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type WorkerView = z.infer<typeof WorkerView>;
