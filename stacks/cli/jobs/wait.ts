// When have these jobs ended, and what is the exit code of them all? Changes are told as they come.

import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../../services/protocol/index.ts';
import type { Client } from '../../drivers/orchestrator.ts';
import { self } from '../output.ts';
import { plain } from '../text.ts';
import { exitCodes, type Io } from '../types.ts';
import { stateOf } from './text.ts';

export type Waited = { readonly jobs: readonly JobView[]; readonly exitCode: number };

const everyMs = 200;
/** Jobs start about in the order in which they came, so the first open ones are where something happens. */
const watchedAtOnce = 32;
/** A job that still waits after so many looks is worth a word. */
const patientLooks = 10;

export function hasEnded({ state }: JobView): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** The job's own exit code; 1 for one that failed without one; 130 for a cancelled one. */
export function exitCodeOf(job: JobView): number {
  if (job.state === 'succeeded') return exitCodes.done;
  if (job.state === 'cancelled') return exitCodes.interrupted;
  return job.exitCode || exitCodes.failed;
}

/** Watches until all have ended; on Ctrl-C the jobs go on and the exit code is 130. */
export async function waitForJobs(io: Io, client: Client, submitted: readonly JobView[]): Promise<Waited> {
  const jobs = [...submitted];
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  let looks = 0;
  // Not once: a launcher that passes it on may deliver it twice.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    for (;;) {
      const open = jobs.flatMap((job, at) => (hasEnded(job) ? [] : [at])).slice(0, watchedAtOnce);
      if (open.length === 0) break;
      const seen = await Promise.all(open.map((at) => client.call<JobView>('GET', `/api/v1/jobs/${jobs[at]?.id}`)));
      for (const [index, at] of open.entries()) {
        const [before, now] = [jobs[at], seen[index]];
        if (!before || !now) continue;
        jobs[at] = now;
        if (stateOf(before) !== stateOf(now) || before.worker !== now.worker) tell(io, now, progress(jobs));
      }
      if (++looks === patientLooks) for (const job of seen) tellWhyNot(io, job);
      if (stop.signal.aborted) return { jobs, exitCode: interrupted(io, jobs) };
      if (!jobs.every(hasEnded)) await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  const failed = jobs.find((job) => job.state !== 'succeeded');
  if (failed === undefined) return { jobs, exitCode: exitCodes.done };
  io.stderr.write(`   → ${self} jobs logs ${failed.id.slice(0, 8)}\n`);
  return { jobs, exitCode: exitCodeOf(failed) };
}

function progress(jobs: readonly JobView[]): string {
  return jobs.length === 1 ? '' : `   (${jobs.filter(hasEnded).length} of ${jobs.length} ended)`;
}

function tell(io: Io, job: JobView, count: string): void {
  if (job.state === 'offered') return;
  const what = plain(job.name ?? job.spec.inputs[0]?.path ?? job.spec.command[0] ?? '');
  const where = job.worker === null || job.state === 'queued' ? '' : ` on ${plain(job.worker)}`;
  const reason = job.detail ?? (job.exitCode === null ? (job.cause ?? '') : `exit ${job.exitCode}`);
  const why = job.state === 'failed' ? `: ${plain(reason)}` : '';
  io.stderr.write(`${job.id.slice(0, 8)} ${what}  ${stateOf(job)}${where}${why}${hasEnded(job) ? count : ''}\n`);
}

function tellWhyNot(io: Io, { id, state, whyNot }: JobView): void {
  if (state !== 'queued' || whyNot.length === 0) return;
  const reasons = whyNot.map(({ worker, reason }) => `${plain(worker)}: ${plain(reason)}`).join('; ');
  io.stderr.write(`${id.slice(0, 8)} waits   ${reasons}\n`);
}

function interrupted(io: Io, jobs: readonly JobView[]): number {
  const open = jobs.filter((job) => !hasEnded(job)).map(({ id }) => id.slice(0, 8));
  io.stderr.write(`muster: the jobs go on\n   → to cancel them: ${self} jobs cancel ${open.join(' ')}\n`);
  return exitCodes.interrupted;
}
