// What happens to a lease: accepted, refused, renewed, reported, ended, taken back? (reliability, section b)
import type { Draft } from './draft.ts';
import { sameFence } from './fence.ts';
import { afterEnding, caps } from './retry.ts';
import type { Attempt, Decision, Ending, Event, Job, Lease, Session } from './types.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** The session, when it is the worker's current one; each use of it is a sign of life. */
export function currentSession(draft: Draft, workerId: string, session: string): Session | null {
  const known = draft.session(workerId);
  if (!known || known.left || known.id !== session) return null;
  const seen = { ...known, lastSeen: draft.now.mono, lastSeenAt: draft.now.wall };
  draft.putSession(workerId, seen);
  return seen;
}

export const staleSession = (draft: Draft, workerId: string): Decision =>
  draft.refuse('stale_session', 'this session is not the worker’s current one: register again', workerId);

const staleLease = (draft: Draft, workerId: string, lease: Lease): Decision =>
  draft.refuse('stale_lease', 'this lease is over', lease.jobId, {
    worker: workerId,
    epoch: lease.fence.epoch,
    counter: lease.fence.counter,
  });

/** The open attempt that the lease names, if this worker holds it. */
function openAttempt(draft: Draft, workerId: string, lease: Lease): { job: Job; attempt: Attempt } | null {
  const job = draft.job(lease.jobId);
  const attempt = job?.attempts.at(-1);
  if (!job || !attempt || (job.state !== 'offered' && job.state !== 'running')) return null;
  return attempt.workerId === workerId && sameFence(attempt.fence, lease.fence) ? { job, attempt } : null;
}

const withAttempt = (job: Job, attempt: Attempt): Job => ({
  ...job,
  attempts: [...job.attempts.slice(0, -1), attempt],
});

const leaseDeadline = (draft: Draft): number => draft.now.mono + draft.times.ttlMs + draft.times.graceMs;

function startRunning(draft: Draft, job: Job, attempt: Attempt, session: string): void {
  const startedAt = attempt.startedAt ?? draft.now.wall;
  const running: Attempt = { ...attempt, state: 'running', session, startedAt };
  draft.putJob({ ...withAttempt(job, running), state: 'running', startedAt: job.startedAt ?? startedAt });
  draft.setDeadline(job.id, leaseDeadline(draft));
}

/** Ends the open attempt and decides what becomes of the job. */
export function endAttempt(draft: Draft, job: Job, ending: Ending, seq?: number): void {
  const attempt = job.attempts.at(-1) as Attempt;
  const ended: Attempt = {
    ...attempt,
    state: 'ended',
    endedAt: draft.now.wall,
    cause: ending.cause,
    exitCode: ending.exitCode,
    detail: ending.detail,
    seq: seq ?? attempt.seq,
  };
  const next = afterEnding(withAttempt(job, ended), ending, attempt.workerId, draft);
  draft.putJob({ ...next, attempts: next.attempts.slice(-caps.history) });
  draft.setDeadline(job.id, null);
  draft.audit('attempt.ended', job.id, { worker: attempt.workerId, cause: ending.cause, state: next.state });
  if (next.finishedAt === null) return;
  draft.audit('job.ended', job.id, { state: next.state });
  draft.effect({ type: 'ended', jobId: job.id });
}

/**
 * A job that was taken for lost and is queued again, not offered since, goes back to the worker that still has it:
 * the same attempt goes on and the loss is not counted.
 */
export function adopt(draft: Draft, workerId: string, session: string, lease: Lease): boolean {
  const job = draft.job(lease.jobId);
  const attempt = job?.attempts.at(-1);
  if (!job || !attempt || job.state !== 'queued' || attempt.cause !== 'worker_lost') return false;
  if (attempt.workerId !== workerId || !sameFence(attempt.fence, lease.fence)) return false;
  const open: Attempt = { ...attempt, endedAt: null, cause: null, detail: null };
  startRunning(draft, { ...job, workersLost: job.workersLost - 1 }, open, session);
  draft.audit('attempt.adopted', job.id, { worker: workerId });
  return true;
}

export function accept(draft: Draft, event: Of<'accept'>): Decision {
  if (!currentSession(draft, event.workerId, event.session)) return staleSession(draft, event.workerId);
  const open = openAttempt(draft, event.workerId, event.lease);
  if (!open) return staleLease(draft, event.workerId, event.lease);
  if (open.attempt.state === 'offered') {
    startRunning(draft, open.job, open.attempt, event.session);
    draft.audit('attempt.accepted', open.job.id, { worker: event.workerId });
    const session = draft.session(event.workerId);
    if (session) draft.putSession(event.workerId, { ...session, refusals: 0 });
  }
  return draft.done();
}

export function refuse(draft: Draft, event: Of<'refuse'>): Decision {
  if (!currentSession(draft, event.workerId, event.session)) return staleSession(draft, event.workerId);
  const open = openAttempt(draft, event.workerId, event.lease);
  if (open?.attempt.state !== 'offered') return staleLease(draft, event.workerId, event.lease);
  backOff(draft, event.workerId);
  endAttempt(draft, open.job, { cause: 'refused', exitCode: null, detail: event.reason, outputs: [] });
  return draft.done();
}

/** The worker waits, not the job: it did not take an offer. */
export function backOff(draft: Draft, workerId: string): void {
  const session = draft.session(workerId);
  if (!session) return;
  const { backoffBaseMs, backoffMaxMs } = draft.times;
  const quietMs = Math.min(backoffMaxMs, backoffBaseMs * 2 ** session.refusals);
  draft.putSession(workerId, { ...session, refusals: session.refusals + 1, quietUntil: draft.now.mono + quietMs });
}

/** Renews only the leases it names: one that the agent never got dies by itself (I5). */
export function heartbeat(draft: Draft, event: Of<'heartbeat'>): Decision {
  const { workerId } = event;
  if (!currentSession(draft, workerId, event.session)) return staleSession(draft, workerId);
  const renewed: Lease[] = [];
  const abandon: Lease[] = [];
  const cancel: Lease[] = [];
  for (const lease of event.leases) {
    const open = openAttempt(draft, workerId, lease);
    if (open?.attempt.state === 'running') draft.setDeadline(lease.jobId, leaseDeadline(draft));
    else if (!adopt(draft, workerId, event.session, lease)) {
      abandon.push(lease);
      continue;
    }
    renewed.push(lease);
    if (draft.job(lease.jobId)?.cancelRequestedAt) cancel.push(lease);
  }
  return draft.done({ ok: true, type: 'renewed', renewed, abandon, cancel });
}

/** Progress and ends of a lease, in any order and any number of times, with one result (I2, I4, I8). */
export function report(draft: Draft, event: Of<'report'>): Decision {
  const { workerId, lease, ended } = event;
  if (!currentSession(draft, workerId, event.session)) return staleSession(draft, workerId);
  if (ended && !openAttempt(draft, workerId, lease)) adopt(draft, workerId, event.session, lease);
  const open = openAttempt(draft, workerId, lease);
  if (!open) return isRepeated(draft.job(lease.jobId), event) ? draft.done() : staleLease(draft, workerId, lease);
  if (open.attempt.state === 'offered') return staleLease(draft, workerId, lease);
  if (event.seq <= open.attempt.seq) return draft.done();
  if (ended) endAttempt(draft, open.job, ended, event.seq);
  else draft.putJob(withAttempt(open.job, { ...open.attempt, seq: event.seq }));
  return draft.done();
}

/** The same terminal report again, its answer having been lost. */
function isRepeated(job: Job | undefined, event: Of<'report'>): boolean {
  const attempt = job?.attempts.find(
    (each) => each.workerId === event.workerId && sameFence(each.fence, event.lease.fence),
  );
  if (attempt?.state !== 'ended') return false;
  if (event.ended === null) return event.seq <= attempt.seq;
  return attempt.seq === event.seq && attempt.cause === event.ended.cause && attempt.exitCode === event.ended.exitCode;
}
