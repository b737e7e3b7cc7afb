// What becomes of a job when an attempt ends? (reliability, section b6)
import type { Cause } from '../protocol/index.ts';
import type { Draft } from './draft.ts';
import type { Ending, Job } from './types.ts';

export const caps = {
  /** Losses of the worker that one job survives. */
  workersLost: 3,
  /** Agents that may die under one job before it is quarantined. */
  killed: 3,
  /** Ends that nobody asked for and that are nobody's fault: drained, fenced. */
  interruptions: 20,
  /** Attempts kept in a job's history. */
  history: 50,
} as const;

/** The counters, the next state and the back-off that follow from the end of an attempt; nothing is written. */
export function afterEnding(job: Job, ending: Ending, workerId: string, draft: Draft): Job {
  const final = (state: Job['state'], cause: Cause = ending.cause, detail = ending.detail): Job => ({
    ...job,
    state,
    cause,
    detail,
    exitCode: ending.exitCode,
    outputs: ending.outputs,
    finishedAt: draft.now.wall,
  });
  const again = (counters: Partial<Job>): Job => ({
    ...job,
    ...counters,
    state: 'queued',
    detail: ending.detail,
    notBefore: 0,
    avoid: workerId,
  });

  if (ending.cause === 'succeeded') return final('succeeded');
  if (job.cancelRequestedAt !== null) return final('cancelled', 'cancelled');

  switch (ending.cause) {
    case 'exit':
    case 'timeout':
    case 'out_of_memory': {
      const { retries } = job.spec;
      if (job.retriesSpent >= retries)
        return final('failed', ending.cause, spentDetail(ending, job.retriesSpent, retries));
      const retriesSpent = job.retriesSpent + 1;
      return { ...again({ retriesSpent }), notBefore: draft.now.wall + backoffMs(retriesSpent, draft) };
    }
    case 'worker_lost': {
      const workersLost = job.workersLost + 1;
      if (workersLost > caps.workersLost)
        return final('failed', ending.cause, `lost ${workersLost} workers: ${ending.detail}`);
      return again({ workersLost });
    }
    case 'agent_died': {
      const killed = [...job.killed, workerId];
      if (killed.length >= caps.killed) {
        return final('failed', 'quarantined', `${killed.length} agents died while they ran it; it is not tried again`);
      }
      return again({ killed });
    }
    case 'not_accepted':
    case 'refused':
      return { ...again({}), detail: job.detail, avoid: job.avoid };
    case 'fenced':
    case 'drained':
    case 'cancelled': {
      const interruptions = job.interruptions + 1;
      if (interruptions > caps.interruptions)
        return final('failed', ending.cause, `interrupted ${interruptions} times`);
      return again({ interruptions });
    }
    case 'cannot_start':
    case 'quarantined':
      return final('failed');
  }
}

function spentDetail({ cause, detail, exitCode }: Ending, spent: number, retries: number): string | null {
  if (retries === 0) return detail;
  const how = detail ?? (exitCode === null ? cause : `exit ${exitCode}`);
  return `${how}; ${spent} of ${retries} retries used`;
}

/** Exponential with full jitter: 0 … base·2ⁿ, at most backoffMax. */
function backoffMs(attempt: number, draft: Draft): number {
  const { backoffBaseMs, backoffMaxMs } = draft.times;
  return draft.now.random * Math.min(backoffMaxMs, backoffBaseMs * 2 ** attempt);
}
