// What happens when a worker is made, removed, drained, connects and leaves?
import type { Draft } from './draft.ts';
import { currentSession, endAttempt, staleSession } from './leases.ts';
import type { Decision, Ending, EventOf, Job, Session } from './types.ts';

export const ending = (cause: Ending['cause'], detail: string): Ending => ({
  cause,
  detail,
  exitCode: null,
  outputs: [],
});

/** Nobody has connected as this worker since `mono`. */
export const absent = (mono: number): Session => ({
  id: '',
  streamOpen: false,
  left: true,
  lastSeen: mono,
  lastSeenAt: 0,
  quietUntil: 0,
  refusals: 0,
  failing: null,
});

export function createWorker(draft: Draft, event: EventOf<'create_worker'>): Decision {
  draft.putWorker(event.worker);
  draft.putSession(event.worker.id, absent(draft.now.mono));
  draft.audit('worker.created', event.worker.id, { name: event.worker.name, class: event.worker.class });
  return draft.done();
}

export function removeWorker(draft: Draft, event: EventOf<'remove_worker'>): Decision {
  const { workerId } = event;
  const worker = draft.worker(workerId);
  if (!worker) return draft.refuse('unknown_worker', `there is no worker ${workerId}`, workerId);
  const held = [...draft.held(workerId)];
  if (held.length > 0 && !event.force) {
    return draft.refuse(
      'worker_busy',
      `${worker.name} has ${held.length} jobs: drain it first, or use force`,
      workerId,
    );
  }
  endAll(draft, workerId, ending('drained', 'the worker was removed'));
  cut(draft, workerId);
  draft.removeWorker(workerId);
  draft.audit('worker.removed', workerId, { name: worker.name });
  return draft.done();
}

/** A flag of the worker, not a state: no heartbeat, reconnect or restart clears it (I10). */
export function drain(draft: Draft, event: EventOf<'drain'>): Decision {
  const worker = draft.worker(event.workerId);
  if (!worker) return draft.refuse('unknown_worker', `there is no worker ${event.workerId}`, event.workerId);
  if (worker.draining === event.draining) return draft.done();
  draft.putWorker({ ...worker, draining: event.draining });
  draft.audit(event.draining ? 'worker.drained' : 'worker.undrained', worker.id);
  if (event.draining) {
    for (const job of heldJobs(draft, worker.id)) {
      if (job.state === 'offered') endAttempt(draft, job, ending('not_accepted', 'the worker is drained'));
    }
  }
  const session = draft.session(worker.id);
  if (session && !session.left) {
    draft.effect({ type: 'drain', workerId: worker.id, session: session.id, draining: event.draining });
  }
  return draft.done();
}

export function stream(draft: Draft, event: EventOf<'stream'>): Decision {
  const session = currentSession(draft, event.workerId, event.session);
  if (!session) return staleSession(draft, event.workerId);
  draft.putSession(event.workerId, { ...session, streamOpen: event.open });
  return draft.done();
}

/** Any other request that its token opened. */
export function seen(draft: Draft, event: EventOf<'seen'>): Decision {
  return currentSession(draft, event.workerId, event.session) ? draft.done() : staleSession(draft, event.workerId);
}

/** The agent says goodbye; what it still holds goes to others at once. */
export function leave(draft: Draft, event: EventOf<'leave'>): Decision {
  const session = currentSession(draft, event.workerId, event.session);
  if (!session) return staleSession(draft, event.workerId);
  endAll(draft, event.workerId, ending('drained', 'the worker left'));
  // Whoever was told to stop does not fail; it will say so when it does again.
  goOffline(draft, event.workerId, { ...session, failing: null });
  draft.audit('worker.left', event.workerId);
  return draft.done();
}

export function goOffline(draft: Draft, workerId: string, session: Session): void {
  cut(draft, workerId);
  draft.putSession(workerId, { ...session, streamOpen: false, left: true });
}

export function cut(draft: Draft, workerId: string): void {
  const session = draft.session(workerId);
  if (session && !session.left) draft.effect({ type: 'cut', workerId, session: session.id });
}

function endAll(draft: Draft, workerId: string, how: Ending): void {
  for (const job of heldJobs(draft, workerId)) endAttempt(draft, job, how);
}

export const heldJobs = (draft: Draft, workerId: string): Job[] =>
  [...draft.held(workerId)].map((id) => draft.job(id)).filter((job) => job !== undefined);
