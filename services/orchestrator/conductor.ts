// In which order do decisions, commits, answers and effects happen? The one loop around the pure scheduler.
import {
  type AuditEntry,
  applyChanges,
  type Change,
  decide,
  type Effect,
  type Event,
  emptyState,
  type Job,
  type Now,
  type Reply,
  type State,
  type Times,
} from '../scheduling/index.ts';
import { emptyIndexes, type Indexes, indexChanges } from './indexes.ts';
import { createRefusals } from './refusals.ts';
import { type DurableChange, isDurable, type Rows, type Store, StoreFailure } from './store/index.ts';

export type Conductor = {
  /** Decides at once, resolves with the reply when all it rests on is durable. Throws StoreFailure. */
  readonly run: (event: Event) => Promise<Reply>;
  /** Writes an audit row of a refusal that the scheduler does not see. */
  readonly audit: (entry: AuditEntry) => void;
  /** Resolves when everything decided so far is durable. */
  readonly settled: () => Promise<void>;
  readonly state: () => State;
  readonly indexes: () => Indexes;
  readonly now: () => Now;
  readonly times: Times;
  /** Why nothing can be written just now; null in good times. */
  readonly trouble: () => StoreFailure | null;
  /** Stops ticking; what was decided still commits. */
  readonly stop: () => void;
};

export type Surroundings = {
  readonly store: Store;
  readonly times: Times;
  readonly now: () => Now;
  readonly tickMs: number;
  /** Carries out an effect whose changes are durable. */
  readonly perform: (effect: Effect) => void;
  /** Hears of each job row once it is durable. */
  readonly changed: (job: Job) => void;
  /** Hears of each audit row that is written, with the row of the job that it is about as this commit left it. */
  readonly noted: (entry: AuditEntry, job: Job | null) => void;
  /** The store failed, or works again (null). */
  readonly troubled: (failure: StoreFailure | null) => void;
  /** The store will not work again in this process. */
  readonly lost: (failure: StoreFailure) => void;
};

/** Pause between two tries to write again after a failed commit. */
const probeMs = 1000;

/** These say nothing that a crash could take back, unless they change rows themselves. */
const answeredAtOnce: readonly Event['type'][] = ['heartbeat', 'seen', 'stream', 'tick', 'dispatch'];

const rowChanges = (rows: Rows): Change[] => [
  ...(rows.meta ? [{ table: 'meta' as const, ...rows.meta }] : []),
  ...rows.workers.map((row) => ({ table: 'workers' as const, id: row.id, row })),
  ...rows.invites.map((row) => ({ table: 'invites' as const, id: row.id, row })),
  ...(rows.rollout ? [{ table: 'rollout' as const, row: rows.rollout }] : []),
  ...rows.jobs.map((row) => ({ table: 'jobs' as const, row })),
];

/** Loads the rows, raises the epoch durably and starts to tick; throws StoreFailure when the store refuses (I21). */
export const startConductor = async (around: Surroundings): Promise<Conductor> => {
  const { store, times, now } = around;
  let state = emptyState();
  let indexes = emptyIndexes();
  let trouble: StoreFailure | null = null;
  let stopped = false;
  let ticking: NodeJS.Timeout | undefined;
  let dispatchWaits = false;
  const refusals = createRefusals();

  const stop = (): void => {
    stopped = true;
    clearInterval(ticking);
  };

  const take = (changes: readonly Change[]): void => {
    indexChanges(indexes, state, changes);
    applyChanges(state, changes);
  };

  const rebuild = async (): Promise<void> => {
    const rows = await store.load();
    const before = state;
    state = emptyState();
    indexes = emptyIndexes();
    take(rowChanges(rows));
    // A session whose worker was not durable would count as a silent one for ever.
    const sessions = [...before.sessions].filter(([workerId]) => state.workers.has(workerId));
    take(sessions.map(([workerId, row]) => ({ table: 'sessions', workerId, row })));
    // What passed since the last tick was a stall of ours: the next tick adds it to every deadline.
    if (before.lastTick !== null) take([{ table: 'tick', at: before.lastTick }]);
    const fresh = now().mono + times.ttlMs + times.graceMs;
    for (const jobId of [...state.held.values()].flatMap((ids) => [...ids]))
      take([{ table: 'deadlines', jobId, at: before.deadlines.get(jobId) ?? fresh }]);
  };

  /**
   * Rows read back from disk first, then a probe write; repeated until both succeed (F4), or given up when no try can:
   * the thread is gone, or what lies on the disk cannot be trusted (I21).
   */
  const recover = async (): Promise<void> => {
    let isRebuilt = false;
    while (!stopped) {
      try {
        if (isRebuilt) await store.load();
        else await rebuild();
        isRebuilt = true;
        const row: AuditEntry = { action: 'store.recovered', target: 'orchestrator', outcome: 'done', detail: {} };
        await store.apply([{ table: 'audit', row }], now().wall);
        trouble = null;
        around.troubled(null);
        scheduleDispatch();
        return;
      } catch (error) {
        if (error instanceof StoreFailure && (error.kind === 'ended' || error.kind === 'untrusted')) {
          stop();
          around.lost(error);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, probeMs));
      }
    }
  };

  const failed = (error: unknown): void => {
    if (trouble) return;
    trouble = error instanceof StoreFailure ? error : new StoreFailure('failed', 'the store failed', error);
    around.troubled(trouble);
    void recover();
  };

  const write = async (changes: readonly DurableChange[]): Promise<void> => {
    if (trouble) throw trouble;
    try {
      await store.apply(changes, now().wall);
    } catch (error) {
      failed(error);
      throw error;
    }
    const jobs = new Map<string, Job>();
    for (const change of changes)
      if (change.table === 'jobs') {
        jobs.set(change.row.id, change.row);
        around.changed(change.row);
      } else if (change.table === 'audit') around.noted(change.row, jobs.get(change.row.target) ?? null);
  };

  /** The rows to write: all, less the refusals that were audited a moment ago. */
  const durableOf = (changes: readonly Change[], at: Now): DurableChange[] =>
    changes.filter(isDurable).flatMap((change) => {
      if (change.table !== 'audit' || change.row.outcome !== 'refused') return [change];
      const row = refusals(change.row, at.mono);
      return row ? [{ table: 'audit', row }] : [];
    });

  const run = async (event: Event): Promise<Reply> => {
    const at = now();
    const { changes, effects, reply } = decide(state, event, at, times);
    if (!reply.ok) {
      const rows = trouble ? [] : durableOf(changes, at);
      if (rows.length > 0) await write(rows);
      return reply;
    }
    const rows = durableOf(changes, at);
    if (trouble && (rows.length > 0 || !answeredAtOnce.includes(event.type))) throw trouble;
    take(changes);
    if (event.type !== 'dispatch' && event.type !== 'heartbeat' && event.type !== 'seen') scheduleDispatch();
    if (rows.length > 0 || effects.length > 0 || !answeredAtOnce.includes(event.type)) await write(rows);
    for (const effect of effects) around.perform(effect);
    return reply;
  };

  const runAlone = (event: Event): void => {
    // Its failure is already known to `failed`; nobody waits for a tick.
    if (!trouble && !stopped) run(event).catch(() => {});
  };

  const scheduleDispatch = (): void => {
    if (dispatchWaits || state.queue.length === 0) return;
    dispatchWaits = true;
    setImmediate(() => {
      dispatchWaits = false;
      runAlone({ type: 'dispatch' });
    });
  };

  take(rowChanges(await store.load()));
  await run({ type: 'start' });
  ticking = setInterval(() => runAlone({ type: 'tick' }), around.tickMs);

  return {
    run,
    audit: (row) => {
      const rows = trouble ? [] : durableOf([{ table: 'audit', row }], now());
      if (rows.length > 0) write(rows).catch(() => {});
    },
    settled: () => write([]),
    state: () => state,
    indexes: () => indexes,
    now,
    times,
    trouble: () => trouble,
    stop,
  };
};
