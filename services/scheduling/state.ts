// How does a State begin, and how do changes reach it? The only place where one is altered.
import type { Change, Job, State } from './types.ts';

type Mutable = {
  -readonly [K in keyof State]: State[K] extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : State[K];
};

export const emptyState = (): State => ({
  epoch: 0,
  counter: 0,
  nextJobNumber: 1,
  jobs: new Map(),
  workers: new Map(),
  invites: new Map(),
  rollout: null,
  sessions: new Map(),
  deadlines: new Map(),
  queue: [],
  held: new Map(),
  brake: null,
  lastTick: null,
});

/** The worker that has the job now, offered or running; null for all other jobs. */
export function holder(job: Job | undefined): string | null {
  if (job?.state !== 'offered' && job?.state !== 'running') return null;
  return job.attempts.at(-1)?.workerId ?? null;
}

/** Writes the changes into `state`, in order; the queue and who holds what follow from the jobs. */
export function applyChanges(state: State, changes: readonly Change[]): void {
  const target = state as Mutable;
  for (const change of changes) {
    switch (change.table) {
      case 'meta':
        target.epoch = change.epoch;
        target.counter = change.counter;
        target.nextJobNumber = change.nextJobNumber;
        break;
      case 'jobs':
        putJob(target, change.row);
        break;
      case 'forgotten_jobs':
        for (const id of change.ids) target.jobs.delete(id);
        break;
      case 'workers':
        if (change.row) target.workers.set(change.id, change.row);
        else target.workers.delete(change.id);
        break;
      case 'invites':
        if (change.row) target.invites.set(change.id, change.row);
        else target.invites.delete(change.id);
        break;
      case 'rollout':
        target.rollout = change.row;
        break;
      case 'sessions':
        if (change.row) target.sessions.set(change.workerId, change.row);
        else target.sessions.delete(change.workerId);
        break;
      case 'deadlines':
        if (change.at === null) target.deadlines.delete(change.jobId);
        else target.deadlines.set(change.jobId, change.at);
        break;
      case 'brake':
        target.brake = change.row;
        break;
      case 'tick':
        target.lastTick = change.at;
        break;
      case 'audit':
        break;
    }
  }
}

function putJob(target: Mutable, row: Job): void {
  const before = target.jobs.get(row.id);
  target.jobs.set(row.id, row);
  const from = holder(before);
  const to = holder(row);
  if (from !== to) {
    if (from !== null) (target.held.get(from) as Set<string> | undefined)?.delete(row.id);
    if (to !== null) {
      if (!target.held.has(to)) target.held.set(to, new Set());
      (target.held.get(to) as Set<string>).add(row.id);
    }
  }
  const wasQueued = before?.state === 'queued';
  const isQueued = row.state === 'queued';
  if (wasQueued === isQueued) return;
  const queue = target.queue as string[];
  const at = positionOf(target, row);
  if (isQueued) queue.splice(at, 0, row.id);
  else queue.splice(at, 1);
}

/** Where the job stands, or would stand, in the queue: by priority, then by number. */
function positionOf(state: Mutable, job: Job): number {
  let low = 0;
  let high = state.queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = state.jobs.get(state.queue[middle] as string) as Job;
    const earlier =
      other.spec.priority > job.spec.priority ||
      (other.spec.priority === job.spec.priority && other.number < job.number);
    if (earlier) low = middle + 1;
    else high = middle;
  }
  return low;
}
