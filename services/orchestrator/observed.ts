// What did workers and jobs last say of themselves? Memory only, gone with the process.
import type { Load } from '../protocol/index.ts';

export type Observed = {
  readonly load: (workerId: string) => Load | null;
  readonly noteLoad: (workerId: string, load: Load) => void;
  readonly progress: (jobId: string) => unknown;
  readonly noteProgress: (jobId: string, progress: unknown) => void;
  readonly forgetWorker: (workerId: string) => void;
};

/** Largest progress that is kept, in characters of JSON; a larger one is ignored. */
const maxProgress = 16 * 1024;
/** Jobs whose progress is kept. */
const maxJobs = 10_000;

export const createObserved = (): Observed => {
  const loads = new Map<string, Load>();
  const progresses = new Map<string, unknown>();
  return {
    load: (workerId) => loads.get(workerId) ?? null,
    noteLoad: (workerId, load) => void loads.set(workerId, load),
    progress: (jobId) => progresses.get(jobId) ?? null,
    noteProgress: (jobId, progress) => {
      if (progress === undefined || JSON.stringify(progress).length > maxProgress) return;
      progresses.delete(jobId);
      progresses.set(jobId, progress);
      if (progresses.size > maxJobs) progresses.delete(progresses.keys().next().value as string);
    },
    forgetWorker: (workerId) => void loads.delete(workerId),
  };
};
