// What happens to a lease: accepted, refused, renewed, reported, ended, taken back? (reliability, section b)
import type { Draft } from './draft.ts';
import { sameFence } from './fence.ts';
import { afterEnding, caps } from './retry.ts';
import type { Attempt, Decision, Ending, EventOf, Job, Lease, Session } from './types.ts';

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

export const staleLease = (draft: Draft, workerId: string, lease: Lease): Decision =>
  draft.refuse('stale_lease', 'this lease is over', lease.jobId, {
    worker: workerId,
    epoch: lease.fence.epoch,
    counter: lease.fence.counter,
  });

/** The open attempt that the lease names, if this worker holds it. */
export function openAttempt(draft: Draft, workerId: string, lease: Lease): { job: Job; attempt: Attempt } | null {
  const job = draft.job(lease.jobId);
  const attempt = job?.attempts.at(-1);
  if (!job || !attempt || (job.state !== 'offered' && job.state !== 'running')) return null;
  return attempt.workerId === workerId && sameFence(attempt.fence, lease.fence) ? { job, attempt } : null;
}

export const withAttempt = (job: Job, attempt: Attempt): Job => ({
  ...job,
  attempts: [...job.attempts.slice(0, -1), attempt],
});

export const leaseDeadline = (draft: Draft): number => draft.now.mono + draft.times.ttlMs + draft.times.graceMs;

export function startRunning(draft: Draft, job: Job, attempt: Attempt, session: string): void {
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

export function accept(draft: Draft, event: EventOf<'accept'>): Decision {
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

export function refuse(draft: Draft, event: EventOf<'refuse'>): Decision {
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
