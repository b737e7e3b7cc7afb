// What happens when jobs are submitted and cancelled?
import type { Draft } from './draft.ts';
import { endAttempt } from './leases.ts';
import { forgetEnded, limits } from './limits.ts';
import { queuedJob } from './queued-job.ts';
import type { Decision, EventOf, Job } from './types.ts';

/** All jobs of one event are durable together or not at all. */
export function submit(draft: Draft, event: EventOf<'submit'>): Decision {
  const waiting = draft.state.queue.length;
  if (waiting + event.jobs.length > limits.queued)
    return draft.refuse('queue_full', `${waiting} jobs are queued, and at most ${limits.queued} may be`, 'queue');
  forgetEnded(draft);
  for (const { id, spec, idempotencyKey } of event.jobs) {
    const job = queuedJob(id, draft.nextJobNumber(), spec, idempotencyKey, draft.now.wall);
    draft.putJob(job);
    draft.audit('job.submitted', id);
  }
  return draft.done();
}

/** Of a cancel and a completion that race, the first one wins and the other is told. */
export function cancel(draft: Draft, event: EventOf<'cancel'>): Decision {
  const job = draft.job(event.jobId);
  if (!job) return draft.refuse('unknown_job', `there is no job ${event.jobId}`, event.jobId);
  if (job.finishedAt !== null) {
    if (job.state === 'cancelled') return draft.done();
    return draft.refuse('already_ended', `the job has already ${job.state}`, job.id);
  }
  if (job.cancelRequestedAt !== null) return draft.done();
  const asked: Job = { ...job, cancelRequestedAt: draft.now.wall };
  draft.audit('job.cancel_requested', job.id);
  const attempt = job.attempts.at(-1);
  if (job.state === 'queued') {
    draft.putJob({ ...asked, state: 'cancelled', cause: 'cancelled', finishedAt: draft.now.wall });
    draft.audit('job.ended', job.id, { state: 'cancelled' });
    draft.effect({ type: 'ended', jobId: job.id });
  } else if (attempt && job.state === 'offered') {
    // Nothing runs before the accept was answered, so nothing has to be stopped.
    endAttempt(draft, asked, { cause: 'cancelled', exitCode: null, detail: null, outputs: [] });
  } else if (attempt) {
    draft.putJob(asked);
    const { workerId, session, fence } = attempt;
    draft.effect({ type: 'cancel', workerId, session, jobId: job.id, fence });
  }
  return draft.done();
}
