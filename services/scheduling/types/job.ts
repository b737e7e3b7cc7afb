// What does the scheduler know of a job and of its attempts?
import type { AttemptView, Cause, JobSpec, JobState, OutputFile } from '../../protocol/index.ts';
import type { Fence } from './lease.ts';

export type Attempt = {
  readonly number: number;
  readonly workerId: string;
  readonly workerName: string;
  readonly session: string;
  readonly fence: Fence;
  readonly state: AttemptView['state'];
  readonly offeredAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly cause: Cause | null;
  readonly exitCode: number | null;
  readonly detail: string | null;
  readonly gpus: readonly number[];
  /** Highest `seq` of its reports. */
  readonly seq: number;
};

export type Job = {
  readonly id: string;
  /** Order of submission. */
  readonly number: number;
  readonly spec: JobSpec;
  readonly state: JobState;
  readonly cancelRequestedAt: number | null;
  readonly submittedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly exitCode: number | null;
  readonly cause: Cause | null;
  readonly detail: string | null;
  /** Wall time before which a queued job is not offered (back-off). */
  readonly notBefore: number;
  readonly retriesSpent: number;
  readonly workersLost: number;
  readonly interruptions: number;
  /** Workers whose agent died while it ran this job. */
  readonly killed: readonly string[];
  /** The worker that the next attempt had better not use. */
  readonly avoid: string | null;
  /** The last one is open while the state is offered or running. */
  readonly attempts: readonly Attempt[];
  readonly outputs: readonly OutputFile[];
  readonly idempotencyKey: string | null;
};

export type NewJob = { readonly id: string; readonly spec: JobSpec; readonly idempotencyKey: string | null };

export type Ending = {
  readonly cause: Cause;
  readonly exitCode: number | null;
  readonly detail: string | null;
  readonly outputs: readonly OutputFile[];
};
