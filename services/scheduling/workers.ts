// What happens when a worker is made, removed, drained, registers, connects and leaves?
import type { Draft } from './draft.ts';
import { sameFence } from './fence.ts';
import { adopt, currentSession, endAttempt, staleSession } from './leases.ts';
import type { Decision, Ending, Event, Job, Lease, Session } from './types.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

const ending = (cause: Ending['cause'], detail: string): Ending => ({ cause, detail, exitCode: null, outputs: [] });

/** Nobody has connected as this worker since `mono`. */
export const absent = (mono: number): Session => ({
  id: '',
  streamOpen: false,
  left: true,
  lastSeen: mono,
  lastSeenAt: 0,
  quietUntil: 0,
  refusals: 0,
});

export function createWorker(draft: Draft, event: Of<'create_worker'>): Decision {
  draft.putWorker(event.worker);
  draft.putSession(event.worker.id, absent(draft.now.mono));
  draft.audit('worker.created', event.worker.id, { name: event.worker.name, class: event.worker.class });
  return draft.done();
}

export function removeWorker(draft: Draft, event: Of<'remove_worker'>): Decision {
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
export function drain(draft: Draft, event: Of<'drain'>): Decision {
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

/** A new start of an agent: what it claims is compared with what it should have (I3, I5). */
export function register(draft: Draft, event: Of<'register'>): Decision {
  const { workerId, claims } = event;
  const worker = draft.worker(workerId);
  if (!worker) return draft.refuse('unknown_worker', `there is no worker ${workerId}`, workerId);
  const before = draft.session(workerId);
  if (before && before.id !== event.session) cut(draft, workerId);
  draft.putWorker({ ...worker, ...event.facts });
  draft.putSession(workerId, {
    id: event.session,
    streamOpen: before?.id === event.session && before.streamOpen,
    left: false,
    lastSeen: draft.now.mono,
    lastSeenAt: draft.now.wall,
    quietUntil: 0,
    refusals: 0,
  });
  draft.audit('worker.registered', workerId);

  for (const job of heldJobs(draft, workerId)) settleHeld(draft, job, event);
  const resume: Lease[] = [];
  const abandon: Lease[] = [];
  for (const claim of claims) {
    const attempt = draft.job(claim.jobId)?.attempts.at(-1);
    const held = draft.held(workerId).has(claim.jobId) && attempt && sameFence(attempt.fence, claim.fence);
    if (held || adopt(draft, workerId, event.session, claim)) resume.push(claim);
    else abandon.push(claim);
  }
  return draft.done({ ok: true, type: 'registered', resume, abandon });
}

function settleHeld(draft: Draft, job: Job, event: Of<'register'>): void {
  const attempt = job.attempts.at(-1);
  if (!attempt) return;
  const claimed = event.claims.some((claim) => claim.jobId === job.id && sameFence(claim.fence, attempt.fence));
  if (claimed) {
    // Its accept may have been carried out while the answer was lost; the claim says that it runs.
    const startedAt = attempt.startedAt ?? draft.now.wall;
    const running = { ...attempt, state: 'running' as const, session: event.session, startedAt };
    const attempts = [...job.attempts.slice(0, -1), running];
    draft.putJob({ ...job, state: 'running', startedAt: job.startedAt ?? startedAt, attempts });
    draft.setDeadline(job.id, draft.now.mono + draft.times.ttlMs + draft.times.graceMs);
    draft.audit('attempt.resumed', job.id, { worker: event.workerId });
  } else if (attempt.state === 'offered') {
    endAttempt(draft, job, ending('not_accepted', 'the agent started again before it took the offer'));
  } else {
    endAttempt(draft, job, ending('agent_died', 'the agent started again without this job'));
  }
}

export function stream(draft: Draft, event: Of<'stream'>): Decision {
  const session = currentSession(draft, event.workerId, event.session);
  if (!session) return staleSession(draft, event.workerId);
  draft.putSession(event.workerId, { ...session, streamOpen: event.open });
  return draft.done();
}

/** Any other request that its token opened. */
export function seen(draft: Draft, event: Of<'seen'>): Decision {
  return currentSession(draft, event.workerId, event.session) ? draft.done() : staleSession(draft, event.workerId);
}

/** The agent says goodbye; what it still holds goes to others at once. */
export function leave(draft: Draft, event: Of<'leave'>): Decision {
  const session = currentSession(draft, event.workerId, event.session);
  if (!session) return staleSession(draft, event.workerId);
  endAll(draft, event.workerId, ending('drained', 'the worker left'));
  goOffline(draft, event.workerId, session);
  draft.audit('worker.left', event.workerId);
  return draft.done();
}

export function goOffline(draft: Draft, workerId: string, session: Session): void {
  cut(draft, workerId);
  draft.putSession(workerId, { ...session, streamOpen: false, left: true });
}

function cut(draft: Draft, workerId: string): void {
  const session = draft.session(workerId);
  if (session && !session.left) draft.effect({ type: 'cut', workerId, session: session.id });
}

function endAll(draft: Draft, workerId: string, how: Ending): void {
  for (const job of heldJobs(draft, workerId)) endAttempt(draft, job, how);
}

const heldJobs = (draft: Draft, workerId: string): Job[] =>
  [...draft.held(workerId)].map((id) => draft.job(id)).filter((job) => job !== undefined);
