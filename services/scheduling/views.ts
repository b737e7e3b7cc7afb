// How do a job and a worker look from outside?
import type { AttemptView, JobView, Load, WorkerState, WorkerView } from '../protocol/index.ts';
import { crowded, labelsOf, misfit, roomOf, unavailable } from './matching.ts';
import { reserved } from './rollout.ts';
import type { Attempt, Job, Now, Program, State, Worker } from './types.ts';

const iso = (wall: number | null): string | null => (wall === null ? null : new Date(wall).toISOString());

/** Derived, never written: the first that holds. */
export function workerState(state: State, worker: Worker): WorkerState {
  return state.sessions.get(worker.id)?.failing ? 'failing' : presence(state, worker);
}

/** The same for one that fails: it may be there at the moment, and then gets jobs as any other. */
export function presence(state: State, worker: Worker): Exclude<WorkerState, 'failing'> {
  const session = state.sessions.get(worker.id);
  if (!session || session.left) return 'offline';
  if (worker.draining) return 'draining';
  if ((state.held.get(worker.id)?.size ?? 0) > 0) return 'busy';
  return session.streamOpen ? 'idle' : 'connecting';
}

/** `load`: what its last heartbeat said, null before the first. */
export function workerView(state: State, worker: Worker, load: Load | null): WorkerView {
  const jobs = [...(state.held.get(worker.id) ?? [])];
  const session = state.sessions.get(worker.id);
  const { capacity } = worker;
  return {
    id: worker.id,
    name: worker.name,
    class: worker.class,
    state: workerState(state, worker),
    draining: worker.draining,
    failing: session?.failing ?? null,
    kind: worker.kind,
    labels: labelsOf(worker),
    cpus: capacity?.cpus ?? 0,
    cpusFree: Math.max(
      0,
      roomOf(
        worker,
        jobs.map((id) => state.jobs.get(id) as Job),
      ).cpus,
    ),
    memoryMiB: capacity?.memoryMiB ?? 0,
    diskMiB: capacity?.diskMiB ?? 0,
    gpus: capacity?.gpus ?? [],
    isolation: worker.isolation,
    version: worker.version,
    program: worker.program ? programView(worker.program) : null,
    jobs,
    load,
    lastSeenAt: session && session.lastSeenAt > 0 ? iso(session.lastSeenAt) : null,
    createdAt: new Date(worker.createdAt).toISOString(),
  };
}

const programView = ({ platform, refused, release }: Program): WorkerView['program'] => ({
  platform,
  refused,
  release,
});

const attemptView = (attempt: Attempt): AttemptView => ({
  number: attempt.number,
  worker: attempt.workerName,
  workerId: attempt.workerId,
  state: attempt.state,
  startedAt: iso(attempt.startedAt),
  endedAt: iso(attempt.endedAt),
  cause: attempt.cause,
  exitCode: attempt.exitCode,
  detail: attempt.detail,
  gpus: [...attempt.gpus],
});

/** `progress`: what the job last reported, null without. */
export function jobView(state: State, job: Job, now: Now, progress: unknown): JobView {
  return {
    id: job.id,
    name: job.spec.name ?? null,
    state: job.state,
    cancelling: job.cancelRequestedAt !== null && job.finishedAt === null,
    exitCode: job.exitCode,
    cause: job.cause,
    detail: job.detail,
    worker: job.attempts.at(-1)?.workerName ?? null,
    submittedAt: new Date(job.submittedAt).toISOString(),
    startedAt: iso(job.startedAt),
    finishedAt: iso(job.finishedAt),
    spec: job.spec,
    attempts: job.attempts.map(attemptView),
    outputs: [...job.outputs],
    progress,
    whyNot: job.state === 'queued' ? whyNot(state, job, now) : [],
  };
}

/** For each worker the first reason why it does not take the job now. */
function whyNot(state: State, job: Job, now: Now): JobView['whyNot'] {
  if (job.notBefore > now.wall) {
    const seconds = Math.ceil((job.notBefore - now.wall) / 1000);
    return [{ worker: '*', reason: `waits ${seconds} s before its next attempt` }];
  }
  const reasons: { worker: string; reason: string }[] = [];
  const renewed = reserved(state);
  for (const worker of state.workers.values()) {
    const held = [...(state.held.get(worker.id) ?? [])].map((id) => state.jobs.get(id) as Job);
    const reason =
      misfit(job.spec, worker) ??
      unavailable(worker, state.sessions.get(worker.id), now.mono) ??
      (renewed.has(worker.id) ? 'its agent is being renewed' : null) ??
      crowded(job.spec, roomOf(worker, held)) ??
      (job.killed.includes(worker.id) ? 'its agent died while it ran this job' : null);
    if (reason !== null) reasons.push({ worker: worker.name, reason });
  }
  return reasons.sort((a, b) => (a.worker < b.worker ? -1 : 1));
}
