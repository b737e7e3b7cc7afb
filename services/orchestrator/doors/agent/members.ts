// Which worker is this agent? A class member gets a record and a name of its own; a token names its worker (I18).
import type { Register } from '../../../protocol/index.ts';
import { freeName, type State, type Worker } from '../../../scheduling/index.ts';
import type { WorkerClass } from '../../settings.ts';
import { Refused } from '../refused.ts';

const isLive = (state: State, workerId: string): boolean => state.sessions.get(workerId)?.left === false;

/** `worker-01`, `worker-01-2`, and that of a rented machine: `worker-01-i-0f3a`. */
const isOf = ({ name }: WorkerClass, wanted: string): boolean =>
  wanted === name ||
  (wanted.startsWith(`${name}-`) && /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(wanted.slice(name.length + 1)));

/** The name that the member asks for, when it is one of its class, and of no class with a longer name. */
const wantedName = (own: WorkerClass, classes: readonly WorkerClass[], { name }: Register): string | null => {
  if (name === null || !isOf(own, name)) return null;
  return classes.some((other) => other.name.length > own.name.length && isOf(other, name)) ? null : name;
};

export type Membership = { readonly record: Worker } | { readonly record: null; readonly name: string };

/**
 * The record that a class member takes over: the one of its instance, else the one whose name it asks for, else, when
 * it asks for none, one of its class that nobody uses. Otherwise a free name for a new record; 409 when the class has
 * all the sessions that it may have.
 */
export const membershipOf = (
  state: State,
  classes: readonly WorkerClass[],
  workerClass: WorkerClass,
  register: Register,
): Membership => {
  // Who was invited comes with a token of its own, beside those that the class has a secret for.
  const members = [...state.workers.values()].filter(
    (worker) => worker.class === workerClass.name && worker.inviteId === undefined,
  );
  const same = members.find((worker) => worker.instance === register.instance);
  if (same) return { record: same };
  const live = members.filter((worker) => isLive(state, worker.id)).length;
  if (live >= workerClass.maxReplicas)
    throw new Refused(
      409,
      'class_full',
      `the class ${workerClass.name} has ${live} of ${workerClass.maxReplicas} workers connected; raise its replicas`,
    );
  const wanted = wantedName(workerClass, classes, register);
  const unused = members
    .filter((worker) => !isLive(state, worker.id) && !worker.draining && !state.held.get(worker.id)?.size)
    .filter((worker) => wanted === null || worker.name === wanted)
    .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  if (unused[0]) return { record: unused[0] };
  const names = new Set([...state.workers.values()].map((worker) => worker.name));
  const isFree = wanted !== null && !names.has(wanted);
  return { record: null, name: isFree ? wanted : freeName(workerClass.name, names) };
};
