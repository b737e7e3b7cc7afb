// Which worker is this agent? A class member gets a record and a name of its own; a token names its worker (I18).
import type { Register } from '../../../protocol/index.ts';
import type { State, Worker } from '../../../scheduling/index.ts';
import type { WorkerClass } from '../../settings.ts';
import { Refused } from '../refused.ts';

const isLive = (state: State, workerId: string): boolean => state.sessions.get(workerId)?.left === false;

/** `worker-01`, then `worker-01-2`, `worker-01-3` …: the lowest that no worker has. */
export const freeName = (className: string, names: ReadonlySet<string>): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? className : `${className}-${number}`;
    if (!names.has(name)) return name;
  }
};

/**
 * The record that a class member takes over: the one of its instance, else one of its class that nobody uses. Null
 * when it needs a new one; 409 when the class has all the sessions that it may have.
 */
export const memberRecord = (state: State, workerClass: WorkerClass, register: Register): Worker | null => {
  const members = [...state.workers.values()].filter((worker) => worker.class === workerClass.name);
  const same = members.find((worker) => worker.instance === register.instance);
  if (same) return same;
  const live = members.filter((worker) => isLive(state, worker.id)).length;
  if (live >= workerClass.maxReplicas)
    throw new Refused(
      409,
      'class_full',
      `the class ${workerClass.name} has ${live} of ${workerClass.maxReplicas} workers connected; raise its replicas`,
    );
  const unused = members
    .filter((worker) => !isLive(state, worker.id) && !worker.draining && !state.held.get(worker.id)?.size)
    .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return unused[0] ?? null;
};
