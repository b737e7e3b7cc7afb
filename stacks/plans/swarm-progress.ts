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

/** Was that task started from what the service says now? It may stay where only the constraints on nodes changed. */
function isCurrent({ spec }: SwarmService, task: SwarmTask): boolean {
  const all = differences({ TaskTemplate: task.spec }, { TaskTemplate: spec.TaskTemplate }, new Map());
  return !restarts(all);
}

/**
 * `known`: ids of tasks from before the deploy, whose failures are old. `before`: when the last update of each service
 * began, as it was told before the deploy.
 */
export function progressOf(
  service: SwarmService,
  tasks: readonly SwarmTask[],
  known: ReadonlySet<string>,
  before: ReadonlyMap<string, string>,
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
  const failed = failures[0] ?? waiting ?? null;
  const update = service.update?.startedAt === before.get(service.id) ? null : (service.update?.state ?? null);
  const rejected = failures.filter((task) => task.state === 'rejected').length;
  const state =
    update === 'rollback_started'
      ? 'rolling back'
      : update === 'rollback_completed' || update === 'rollback_paused' || update === 'paused'
        ? 'rolled back'
        : running >= wanted && others.length === 0 && update !== 'updating'
          ? 'done'
          : update === null && running < wanted && (failures.length >= patienceTasks || rejected >= patienceRejected)
            ? 'stuck'
            : 'converging';
  return { service: service.name, running, wanted, state, failed };
}
