// Does a job fit a worker, and if not, why? The same rules dispatch and explain.
import type { JobSpec } from '../protocol/index.ts';
import { globMatches } from './glob.ts';
import type { Job, Session, Worker } from './types.ts';

/** Jobs that share a worker without reserving a CPU are bounded too. */
const jobsPerCpu = 8;

/** What a worker has left for one more job. */
export type Room = {
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Indexes, lowest first. */
  readonly gpus: readonly number[];
  readonly jobs: number;
};

/** Admin labels win over those that the worker reports. */
export const labelsOf = (worker: Worker): Readonly<Record<string, string>> => ({
  ...worker.reportedLabels,
  ...worker.adminLabels,
});

export function roomOf(worker: Worker, held: readonly Job[]): Room {
  const { capacity } = worker;
  if (!capacity) return { cpus: 0, memoryMiB: 0, gpus: [], jobs: 0 };
  const taken = new Set(held.flatMap((job) => job.attempts.at(-1)?.gpus ?? []));
  const sum = (of: (spec: JobSpec) => number): number => held.reduce((total, job) => total + of(job.spec), 0);
  return {
    cpus: capacity.cpus - sum((spec) => spec.cpus),
    memoryMiB: capacity.memoryMiB - sum((spec) => spec.memoryMiB),
    gpus: capacity.gpus.map((gpu) => gpu.index).filter((index) => !taken.has(index)),
    jobs: Math.max(1, Math.ceil(capacity.cpus)) * jobsPerCpu - held.length,
  };
}

/** Which label that the job asks for is not there, or is another one; null when all match. */
export function labelMisfit(spec: JobSpec, labels: Readonly<Record<string, string>>): string | null {
  for (const [key, pattern] of Object.entries(spec.labels)) {
    const value = labels[key];
    if (value === undefined) return `no label ${key} (wanted ${key}=${pattern})`;
    if (!globMatches(pattern, value)) return `${key}=${value} does not match ${key}=${pattern}`;
  }
  return null;
}

/** Why the worker can never run the job as it is now, or null. */
export function misfit(spec: JobSpec, worker: Worker): string | null {
  if (worker.kind === 'compatible') return 'speaks the SimpleTuner protocol and takes no command jobs';
  const unlike = labelMisfit(spec, labelsOf(worker));
  if (unlike !== null) return unlike;
  const { capacity } = worker;
  if (!capacity) return 'has never connected';
  if (spec.gpus > capacity.gpus.length)
    return capacity.gpus.length === 0 ? 'no GPU' : `${capacity.gpus.length} of ${spec.gpus} GPUs`;
  if (spec.cpus > capacity.cpus) return `${capacity.cpus} of ${spec.cpus} CPUs`;
  if (spec.memoryMiB > capacity.memoryMiB) return `${capacity.memoryMiB} of ${spec.memoryMiB} MiB of memory`;
  return null;
}

/** Why the worker is offered nothing just now, or null. */
export function unavailable(worker: Worker, session: Session | undefined, nowMono: number): string | null {
  if (!session || session.left) return 'offline';
  if (worker.draining) return 'draining';
  if (!session.streamOpen) return 'connecting';
  if (session.quietUntil > nowMono) return 'did not take its last offer; waiting before the next';
  return null;
}

/** Why the job does not fit beside what runs there, or null. */
export function crowded(spec: JobSpec, room: Room): string | null {
  if (spec.gpus > room.gpus.length) return `busy: ${room.gpus.length} of ${spec.gpus} GPUs free`;
  if (spec.cpus > room.cpus) return `busy: ${Math.max(0, room.cpus)} of ${spec.cpus} CPUs free`;
  if (spec.memoryMiB > room.memoryMiB)
    return `busy: ${Math.max(0, room.memoryMiB)} of ${spec.memoryMiB} MiB of memory free`;
  if (room.jobs < 1) return 'busy: too many jobs at once';
  return null;
}
