// Which workers, leases and GPUs are there, by class?
import type { WorkerState } from '../protocol/index.ts';
import type { State, Worker } from './types.ts';
import { presence, workerState } from './views.ts';

/** Workers that were created one by one have no class; no class may be named like this. */
const noClass = '-';

export const classOf = (worker: Pick<Worker, 'class'> | undefined): string => worker?.class ?? noClass;

/** By class and then by state; states without a worker are absent. */
export function workersByClass(state: State): ReadonlyMap<string, ReadonlyMap<WorkerState, number>> {
  const counts = new Map<string, Map<WorkerState, number>>();
  for (const worker of state.workers.values()) {
    const name = classOf(worker);
    const inClass = counts.get(name) ?? new Map<WorkerState, number>();
    const now = workerState(state, worker);
    counts.set(name, inClass.set(now, (inClass.get(now) ?? 0) + 1));
  }
  return counts;
}

/** Offers and running attempts. */
export function leaseCount(state: State): number {
  let count = 0;
  for (const ids of state.held.values()) count += ids.size;
  return count;
}

/** `busy`: leased to a job. `free`: the next job may have them. `away`: their worker takes no job now. */
export type GpuUse = { readonly busy: number; readonly free: number; readonly away: number };

export function gpuUse(state: State, worker: Worker): GpuUse {
  let busy = 0;
  for (const id of state.held.get(worker.id) ?? []) busy += state.jobs.get(id)?.attempts.at(-1)?.gpus.length ?? 0;
  const rest = Math.max(0, (worker.capacity?.gpus.length ?? 0) - busy);
  const isOpen = ['idle', 'busy'].includes(presence(state, worker)) && worker.kind === 'muster';
  return { busy, free: isOpen ? rest : 0, away: isOpen ? 0 : rest };
}
