// What happens when an agent starts? What it claims is compared with what it should have.
import type { Draft } from './draft.ts';
import { sameFence } from './fence.ts';
import { adopt, endAttempt, startRunning } from './leases.ts';
import type { Decision, EventOf, Job, Lease } from './types.ts';
import { cut, ending, heldJobs } from './workers.ts';

/** A new start of an agent: what it claims is compared with what it should have (I3, I5). */
export function register(draft: Draft, event: EventOf<'register'>): Decision {
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
    failing: before?.failing ?? null,
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

function settleHeld(draft: Draft, job: Job, event: EventOf<'register'>): void {
  const attempt = job.attempts.at(-1);
  if (!attempt) return;
  const claimed = event.claims.some((claim) => claim.jobId === job.id && sameFence(claim.fence, attempt.fence));
  if (claimed) {
    // Its accept may have been carried out while the answer was lost; the claim says that it runs.
    startRunning(draft, job, attempt, event.session);
    draft.audit('attempt.resumed', job.id, { worker: event.workerId });
  } else if (attempt.state === 'offered') {
    endAttempt(draft, job, ending('not_accepted', 'the agent started again before it took the offer'));
  } else {
    endAttempt(draft, job, ending('agent_died', 'the agent started again without this job'));
  }
}
