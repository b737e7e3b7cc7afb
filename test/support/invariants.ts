// Which promises must hold after every single step of the scheduler? (reliability, section a)
import { deepStrictEqual, ok } from 'node:assert';
import type { Decision, Job, State } from '../../services/scheduling/index.ts';
import { applyChanges, emptyState, holder } from '../../services/scheduling/index.ts';

export type Ended = Map<string, Job>;

/** `ended` remembers every terminal job from one call to the next. */
export function checkInvariants(state: State, decision: Decision, ended: Ended): void {
  for (const job of state.jobs.values()) {
    checkJob(state, job);
    const before = ended.get(job.id);
    if (before) deepStrictEqual(job, before, 'I2: a terminal state never changes');
    if (job.finishedAt !== null) ended.set(job.id, job);
  }
  checkRoom(state);
  checkIndexes(state);
  for (const effect of decision.effects) {
    if (effect.type === 'offer')
      ok(!state.workers.get(effect.workerId)?.draining, 'I10: no offer to a draining worker');
  }
}

function checkJob(state: State, job: Job): void {
  const open = job.attempts.filter((attempt) => attempt.state !== 'ended');
  ok(open.length <= 1, 'I3: at most one open attempt');
  ok((open.length === 1) === (holder(job) !== null), 'I3: an open attempt and only that is a lease');
  if (open[0]) {
    ok(open[0] === job.attempts.at(-1), 'I3: only the last attempt is open');
    ok(state.deadlines.has(job.id), 'I9: every lease has a deadline');
  }
  job.attempts.slice(1).forEach((attempt, at) => {
    const before = job.attempts[at]?.fence ?? { epoch: 0, counter: 0 };
    const { epoch, counter } = attempt.fence;
    ok(epoch > before.epoch || (epoch === before.epoch && counter > before.counter), 'I3: fences strictly increase');
  });
  ok(job.attempts.length <= 50, 'I7: the history is bounded');
}

function checkRoom(state: State): void {
  for (const worker of state.workers.values()) {
    const held = [...state.jobs.values()].filter((job) => holder(job) === worker.id);
    const cpus = held.reduce((sum, job) => sum + job.spec.cpus, 0);
    ok(cpus <= (worker.capacity?.cpus ?? 0), 'I3: CPUs are never over-committed');
    const gpus = held.flatMap((job) => job.attempts.at(-1)?.gpus ?? []);
    ok(new Set(gpus).size === gpus.length, 'I3: a GPU has one job');
  }
}

/** The queue and who holds what are the same when rebuilt from the rows, as after a restart. */
function checkIndexes(state: State): void {
  const rebuilt = emptyState();
  applyChanges(
    rebuilt,
    [...state.jobs.values()].map((row) => ({ table: 'jobs', row })),
  );
  deepStrictEqual(rebuilt.queue, state.queue);
  const filled = (held: State['held']) =>
    [...held].filter(([, jobs]) => jobs.size > 0).map(([id, jobs]) => [id, [...jobs].sort()]);
  deepStrictEqual(filled(rebuilt.held).sort(), filled(state.held).sort());
}
