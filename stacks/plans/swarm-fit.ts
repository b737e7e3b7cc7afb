// Does each service find room on the nodes? What an engine would only show as tasks that wait for ever is told before.
import type { Finding } from '../spec/types.ts';
import { replicasOf } from './swarm-words.ts';
import type { Spec, SwarmNode } from './types.ts';

type Amount = { readonly NanoCPUs?: number; readonly MemoryBytes?: number };
type Task = {
  readonly Placement?: { readonly Constraints?: readonly string[]; readonly MaxReplicas?: number };
  readonly Resources?: { readonly Limits?: Amount; readonly Reservations?: Amount };
};

const mebibyte = 1024 * 1024;

/** `node.role == worker`, `node.labels.gpu == true`. */
function meets(node: SwarmNode, constraint: string): boolean {
  const [, key = '', operator = '', value = ''] = /^(\S+)\s*(==|!=)\s*(.*)$/.exec(constraint) ?? [];
  const facts: Readonly<Record<string, string>> = {
    'node.role': node.role,
    'node.hostname': node.name,
    'node.id': node.id,
  };
  const found = key.startsWith('node.labels.')
    ? (node.labels[key.slice('node.labels.'.length)] ?? '')
    : (facts[key] ?? '');
  return (found === value) === (operator === '==');
}

function nowhere(path: readonly string[], constraint: string): Finding {
  const remedies: readonly (readonly [RegExp, string])[] = [
    [/^node\.role == worker$/, 'add a node (muster nodes add), or let managers work: swarm.workersOnManagers: true'],
    [/^node\.labels\.muster\.gpu /, 'label the nodes that have GPUs: muster nodes label NODE muster.gpu=true'],
  ];
  const remedy = remedies.find(([pattern]) => pattern.test(constraint))?.[1] ?? 'see muster nodes list';
  return { severity: 'error', path, message: `expected a ready node with ${constraint}, got none`, remedy };
}

function sizes(path: readonly string[], task: Task, nodes: readonly SwarmNode[], replicas: number): readonly Finding[] {
  const limit = (task.Resources?.Limits?.NanoCPUs ?? 0) / 1e9;
  const { NanoCPUs = 0, MemoryBytes = 0 } = task.Resources?.Reservations ?? {};
  const small = nodes.filter(({ cpus }) => cpus < limit);
  if (small.length > 0) {
    const message = `expected at most ${Math.min(...nodes.map(({ cpus }) => cpus))} (all of ${small.map(({ name }) => name).join(' ')}), got ${limit}: an engine refuses more CPUs than its node has`;
    const remedy =
      small.length < nodes.length ? 'lower it, or drain the small nodes' : 'lower it, or add a larger node';
    return [{ severity: 'error', path: [...path, 'cpus'], message, remedy }];
  }
  const memory = MemoryBytes / mebibyte;
  const slots = nodes.map((node) =>
    Math.min(
      NanoCPUs > 0 ? Math.floor((node.cpus * 1e9) / NanoCPUs) : Number.POSITIVE_INFINITY,
      memory > 0 ? Math.floor(node.memoryMiB / memory) : Number.POSITIVE_INFINITY,
      task.Placement?.MaxReplicas || Number.POSITIVE_INFINITY,
    ),
  );
  const room = slots.reduce((sum, count) => sum + count, 0);
  if (room >= replicas) return [];
  const places = nodes.map(({ name }, index) => `${slots[index]} on ${name}`).join(', ');
  const message = `expected at most ${room} (${places}), got ${replicas}`;
  return [
    { severity: 'error', path: [...path, 'replicas'], message, remedy: 'lower it, make each smaller, or add a node' },
  ];
}

/** `pathOf`: which key of the spec makes the service? `nodes` with the labels that they will have. */
export function fitFindings(
  services: readonly Spec[],
  nodes: readonly SwarmNode[],
  pathOf: (service: Spec) => readonly string[],
): readonly Finding[] {
  const able = nodes.filter(({ availability, state }) => availability === 'active' && state === 'ready');
  return services.flatMap((service) => {
    const task = (service.TaskTemplate ?? {}) as Task;
    const path = pathOf(service);
    let left = able;
    for (const constraint of task.Placement?.Constraints ?? []) {
      left = left.filter((node) => meets(node, constraint));
      if (left.length === 0) return [nowhere(path, constraint)];
    }
    return sizes(path, task, left, replicasOf(service));
  });
}
