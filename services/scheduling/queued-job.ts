// How does a job begin?
import type { Job } from './types.ts';

/** Queued, with nothing tried and nothing spent. `submittedAt`: milliseconds since 1970. */
export const queuedJob = (
  id: string,
  number: number,
  spec: Job['spec'],
  idempotencyKey: string | null,
  submittedAt: number,
): Job => ({
  id,
  number,
  spec,
  state: 'queued',
  cancelRequestedAt: null,
  submittedAt,
  startedAt: null,
  finishedAt: null,
  exitCode: null,
  cause: null,
  detail: null,
  notBefore: 0,
  retriesSpent: 0,
  workersLost: 0,
  interruptions: 0,
  killed: [],
  avoid: null,
  attempts: [],
  outputs: [],
  idempotencyKey,
});
