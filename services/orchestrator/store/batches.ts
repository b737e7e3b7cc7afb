// How do many writers share one fsync? One batch in flight, the next gathers meanwhile (performance, rule 2).
import type { Change, Invite, Job, Rollout, Worker } from '../../scheduling/types.ts';
import type { Batch } from './commit.ts';

const durableTables = ['meta', 'jobs', 'forgotten_jobs', 'workers', 'invites', 'rollout', 'audit'] as const;

/** The changes that outlive the process. */
export type DurableChange = Extract<Change, { table: (typeof durableTables)[number] }>;

export const isDurable = (change: Change): change is DurableChange =>
  durableTables.some((table) => table === change.table);

const isEnded = (job: Job): boolean => job.finishedAt !== null;

type Waiter = { readonly resolve: () => void; readonly reject: (error: unknown) => void };

type Gathering = {
  meta: Batch['meta'];
  readonly jobs: Map<string, Job>;
  readonly forgotten: string[];
  readonly workers: Map<string, Worker | null>;
  readonly invites: Map<string, Invite | null>;
  rollout: Rollout | null;
  readonly audit: Batch['audit'][number][];
  readonly waiters: Waiter[];
};

const emptyGathering = (): Gathering => ({
  meta: null,
  jobs: new Map(),
  forgotten: [],
  workers: new Map(),
  invites: new Map(),
  rollout: null,
  audit: [],
  waiters: [],
});

const toBatch = (from: Gathering): Batch => ({
  meta: from.meta,
  jobs: [...from.jobs.values()].map((job) => ({
    id: job.id,
    number: job.number,
    ended: isEnded(job) ? 1 : 0,
    body: JSON.stringify(job),
  })),
  forgotten: from.forgotten,
  workers: [...from.workers].map(([id, row]) => ({ id, body: row && JSON.stringify(row) })),
  invites: [...from.invites].map(([id, row]) => ({ id, body: row && JSON.stringify(row) })),
  rollout: from.rollout && JSON.stringify(from.rollout),
  audit: from.audit,
});

const gather = (into: Gathering, change: DurableChange, wall: number): void => {
  if (change.table === 'meta') into.meta = change;
  else if (change.table === 'jobs') into.jobs.set(change.row.id, change.row);
  else if (change.table === 'forgotten_jobs') into.forgotten.push(...change.ids);
  else if (change.table === 'workers') into.workers.set(change.id, change.row);
  else if (change.table === 'invites') into.invites.set(change.id, change.row);
  else if (change.table === 'rollout') into.rollout = change.row;
  else into.audit.push({ at: wall, body: JSON.stringify(change.row) });
};

export type Batches = {
  /** Resolves when these changes, and all given before, are durable. Rejects with the StoreFailure of their batch. */
  readonly apply: (changes: readonly DurableChange[], wall: number) => Promise<void>;
  /** Fails what gathers and refuses all more, until `resume`. */
  readonly stop: (reason: unknown) => void;
  readonly resume: () => void;
};

/** Group commit over `commit`, which writes one batch durably. `onBatch` hears of each: rows and milliseconds. */
export const createBatches = (
  commit: (batch: Batch) => Promise<void>,
  onBatch: (rows: number, durationMs: number) => void,
): Batches => {
  let gathering = emptyGathering();
  let isBusy = false;
  let stopped: unknown = null;

  const failGathering = (reason: unknown): void => {
    const { waiters } = gathering;
    gathering = emptyGathering();
    for (const { reject } of waiters) reject(reason);
  };

  const flush = async (): Promise<void> => {
    isBusy = true;
    while (gathering.waiters.length > 0) {
      const { waiters } = gathering;
      const batch = toBatch(gathering);
      gathering = emptyGathering();
      const { audit, forgotten, invites, jobs, rollout, workers } = batch;
      const lists = [jobs, forgotten, workers, invites, audit].map((list) => list.length);
      const rows = lists.reduce((sum, count) => sum + count, rollout === null ? 0 : 1);
      const startedAt = performance.now();
      try {
        if (rows > 0 || batch.meta) {
          await commit(batch);
          onBatch(rows, performance.now() - startedAt);
        }
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        stopped = error;
        for (const { reject } of waiters) reject(error);
        // What gathered meanwhile was decided upon rows that are not durable.
        failGathering(error);
      }
    }
    isBusy = false;
  };

  return {
    apply: (changes, wall) => {
      if (stopped) return Promise.reject(stopped);
      for (const change of changes) gather(gathering, change, wall);
      return new Promise((resolve, reject) => {
        gathering.waiters.push({ resolve, reject });
        if (!isBusy) {
          isBusy = true;
          // After this turn of the event loop: requests read in one turn share the first batch too.
          setImmediate(() => void flush());
        }
      });
    },
    stop: (reason) => {
      stopped = reason;
      failGathering(reason);
    },
    resume: () => {
      stopped = null;
    },
  };
};
