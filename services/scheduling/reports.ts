// What does an agent say of its leases: still running, how far, how it ended? (reliability, section b)
import type { Draft } from './draft.ts';
import { sameFence } from './fence.ts';
import {
  adopt,
  currentSession,
  endAttempt,
  leaseDeadline,
  openAttempt,
  staleLease,
  staleSession,
  withAttempt,
} from './leases.ts';
import type { Decision, EventOf, Job, Lease } from './types.ts';

/** Renews only the leases it names: one that the agent never got dies by itself (I5). */
export function heartbeat(draft: Draft, event: EventOf<'heartbeat'>): Decision {
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
export function report(draft: Draft, event: EventOf<'report'>): Decision {
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
function isRepeated(job: Job | undefined, event: EventOf<'report'>): boolean {
  const attempt = job?.attempts.find(
    (each) => each.workerId === event.workerId && sameFence(each.fence, event.lease.fence),
  );
  if (attempt?.state !== 'ended') return false;
  if (event.ended === null) return event.seq <= attempt.seq;
  return attempt.seq === event.seq && attempt.cause === event.ended.cause && attempt.exitCode === event.ended.exitCode;
}
