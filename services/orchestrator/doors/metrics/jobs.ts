// What do metrics say of jobs: how many wait for which class, how long, how fast they start, how attempts end?
import { causes, jobStates } from '../../../protocol/index.ts';
import { type AuditEntry, demand, type Job, leaseCount, queuedSince } from '../../../scheduling/index.ts';
import type { House } from '../door.ts';
import { jobCounts } from '../status.ts';
import type { Instruments } from './instruments.ts';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400];

export type JobMetrics = {
  /** Hears of each audit row, with the job's row of the same commit. `classOf` names the class of a worker. */
  readonly noted: (entry: AuditEntry, job: Job | null, classOf: (workerId: string) => string) => void;
  readonly show: (house: House) => void;
};

export const jobMetrics = ({ gauge, counter, histogram }: Instruments): JobMetrics => {
  const jobs = gauge('muster_jobs', 'Jobs by state. Ended ones are forgotten beyond 100,000.', ['state']);
  const queued = gauge(
    'muster_queue_jobs',
    'Queued jobs, once under each class that could take them; none: no class could.',
    ['class'],
  );
  const oldest = gauge('muster_queue_oldest_seconds', 'Age of the job that is queued longest, by class as above.', [
    'class',
  ]);
  const wait = histogram(
    'muster_queue_wait_seconds',
    'Time in the queue until an offer, by the class of the worker that is offered the job.',
    seconds,
    ['class'],
  );
  const toStart = histogram(
    'muster_submit_to_start_seconds',
    'Time from the submit until the first attempt runs, by the class of its worker.',
    seconds,
    ['class'],
  );
  const offerToStart = histogram(
    'muster_offer_to_start_seconds',
    'Time from an offer until the worker has accepted it, by the class of the worker.',
    seconds,
    ['class'],
  );
  const leases = gauge('muster_leases', 'Live leases: offers and running attempts.');
  const submitted = counter('muster_jobs_submitted_total', 'Submitted jobs.');
  const jobsEnded = counter('muster_jobs_ended_total', 'Ended jobs by their last state.', ['state']);
  const attempts = counter('muster_attempts_ended_total', 'Ended attempts by cause.', ['cause']);
  const retries = counter('muster_retries_total', 'Jobs queued again after an attempt, by its cause.', ['cause']);
  // A rate needs a first value before the first event.
  for (const cause of causes) attempts({ cause }, 0);
  for (const state of ['succeeded', 'failed', 'cancelled']) jobsEnded({ state }, 0);

  /** A clock that was set back gives no negative time. */
  const secondsFrom = (from: number, to: number | null): number => Math.max(0, (to ?? from) - from) / 1000;
  return {
    noted: ({ action, detail }, job, classOf) => {
      const attempt = job?.attempts.at(-1);
      if (action === 'job.submitted') submitted({});
      else if (action === 'job.ended') jobsEnded({ state: String(detail.state) });
      else if (action === 'attempt.ended') {
        attempts({ cause: String(detail.cause) });
        if (detail.state === 'queued') retries({ cause: String(detail.cause) });
      } else if (action === 'attempt.offered' && job && attempt) {
        const before = { ...job, attempts: job.attempts.slice(0, -1) };
        wait({ class: classOf(attempt.workerId) }, secondsFrom(queuedSince(before), attempt.offeredAt));
      } else if (action === 'attempt.accepted' && job && attempt) {
        const named = { class: classOf(attempt.workerId) };
        offerToStart(named, secondsFrom(attempt.offeredAt, attempt.startedAt));
        if (job.startedAt === attempt.startedAt) toStart(named, secondsFrom(job.submittedAt, attempt.startedAt));
      }
    },
    show: ({ conductor, classes }) => {
      const state = conductor.state();
      const byState = jobCounts(state);
      for (const each of jobStates) jobs.set({ state: each }, byState[each] ?? 0);
      leases.set({}, leaseCount(state));
      queued.reset();
      oldest.reset();
      for (const [name, { jobs: count, oldestMs }] of demand(state, classes, conductor.now().wall)) {
        queued.set({ class: name }, count);
        oldest.set({ class: name }, oldestMs / 1000);
      }
    },
  };
};
