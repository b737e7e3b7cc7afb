// How many jobs may there be, waiting and ended?
import type { Draft } from './draft.ts';

/** How many jobs there may be (reliability, section h). */
export const limits = {
  queued: 100_000,
  /** Ended jobs beyond so many are forgotten, oldest first, so many at once. */
  ended: 100_000,
  forgottenAtOnce: 1000,
} as const;

/** Makes room in memory and on disk, in steps, so that the walk over all jobs is rare. */
export function forgetEnded(draft: Draft): void {
  const { jobs, queue, held } = draft.state;
  let open = queue.length;
  for (const ids of held.values()) open += ids.size;
  let surplus = jobs.size - open - limits.ended;
  if (surplus < limits.forgottenAtOnce) return;
  // In the order of their numbers: a row that changes keeps its place in the map.
  for (const { id, finishedAt } of jobs.values()) {
    if (surplus === 0) return;
    if (finishedAt === null) continue;
    draft.forgetJob(id);
    surplus--;
  }
}
