// How far is a deploy? From services and tasks: what runs as it should, what was rolled back, what keeps failing.
import { differences, restarts } from './swarm-diff.ts';
import { replicasOf } from './swarm-words.ts';
import type { SwarmService, SwarmTask } from './types.ts';

export type Progress = {
  readonly service: string;
  readonly running: number;
  readonly wanted: number;
  readonly state: 'converging' | 'done' | 'rolling back' | 'rolled back' | 'stuck';
  /** The newest task that failed since the deploy began, or one that finds no node. */
  readonly failed: SwarmTask | null;
};

/** So many tasks in a row may fail while what they need is not up yet. */
const patienceTasks = 6;

/** A refusal by the engine itself, such as for an image that is not there, seldom goes away. */
const patienceRejected = 3;

const failedStates: ReadonlySet<string> = new Set(['failed', 'rejected']);

/** How the engine ends an update that does not work. */
const ends: Readonly<Record<string, Progress['state']>> = {
  paused: 'rolled back',
  rollback_completed: 'rolled back',
  rollback_paused: 'rolled back',
  rollback_started: 'rolling back',
};

/** Was that task started from what the service says now? It may stay where only the constraints on nodes changed. */
function isCurrent({ spec }: SwarmService, task: SwarmTask): boolean {
  const all = differences({ TaskTemplate: task.spec }, { TaskTemplate: spec.TaskTemplate }, new Map());
  return !restarts(all);
}

/**
 * `known`: ids of tasks from before the deploy, whose failures are old. `before`: when the last update of each service
 * began, as it was told before the deploy. `stalled`: ids of tasks whose image does not come: an engine tries for ever.
 */
export function progressOf(
  service: SwarmService,
  tasks: readonly SwarmTask[],
  known: ReadonlySet<string>,
  before: ReadonlyMap<string, string>,
  stalled: ReadonlySet<string>,
): Progress {
  const mine = tasks.filter(({ serviceId }) => serviceId === service.id);
  const wanted = replicasOf(service.spec);
  const running = mine.filter(
    (task) => task.desired === 'running' && task.state === 'running' && isCurrent(service, task),
  ).length;
  const others = mine.filter(
    (task) => /^(?:starting|running|preparing|ready|assigned|accepted)$/.test(task.state) && !isCurrent(service, task),
  );
  const failures = mine.filter((task) => failedStates.has(task.state) && !known.has(task.id));
  const waiting = mine.find((task) => task.state === 'pending' && task.desired === 'running' && task.error !== '');
  const hanging = mine.find(({ id }) => stalled.has(id));
  const failed = failures[0] ?? hanging ?? waiting ?? null;
  const update = service.update?.startedAt === before.get(service.id) ? null : (service.update?.state ?? null);
  const rejected = failures.filter((task) => task.state === 'rejected').length;
  const hopeless = update === null && (failures.length >= patienceTasks || rejected >= patienceRejected);
  const state = ends[update ?? ''] ?? stateOf();
  return { service: service.name, running, wanted, state, failed };

  function stateOf(): Progress['state'] {
    if (running >= wanted && others.length === 0 && update !== 'updating') return 'done';
    return hanging !== undefined || (hopeless && running < wanted) ? 'stuck' : 'converging';
  }
}
