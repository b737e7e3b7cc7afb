// Which names clash? Those of classes, of the replicas that they admit, and of Muster's own services.
import { workerDefaults } from './defaults.ts';
import { mistake, mistakenKey } from './findings.ts';
import type { ClusterSpec, Finding, WorkerSpec } from './types.ts';

/** Names of services of ours, whether this cluster has them or not: it may have them tomorrow. */
export const reservedNames: readonly string[] = [
  ...['orchestrator', 'secrets', 'certificates', 'dask-scheduler', 'ollama', 'open-webui', 'proxy'],
  ...['prometheus', 'alertmanager', 'grafana', 'visualizer', 'docker-reader', 'wireguard'],
  // Units that stand beside the orchestrator on a rack.
  ...['backup', 'orchestrator-tls'],
];

/** Services of one class each: `dask-cpu`, `ollama-gpu`. */
function servicesOfClasses({ services = {} }: ClusterSpec): readonly string[] {
  const { dask, ollama } = services;
  return [
    ...(typeof dask === 'object' ? Object.keys(dask.workers ?? { cpu: {} }) : ['cpu']).map((name) => `dask-${name}`),
    ...(typeof ollama === 'object' ? Object.keys(ollama.nodes ?? {}) : []).map((name) => `ollama-${name}`),
  ];
}

/** How many workers a class admits at once: what is written, else the default, at least its replicas. */
export function admitted({ maxReplicas, replicas = 1 }: Pick<WorkerSpec, 'maxReplicas' | 'replicas'>): number {
  return maxReplicas ?? Math.max(workerDefaults.maxReplicas, replicas);
}

function names(spec: ClusterSpec): readonly Finding[] {
  const workers = spec.workers ?? {};
  const taken = [...reservedNames, ...servicesOfClasses(spec)];
  return Object.entries(workers).flatMap(([name, worker]) => {
    const path = ['workers', name];
    const suffix = `-${admitted(worker)}`;
    const found: Finding[] = [];
    if (taken.includes(name)) {
      found.push(
        mistakenKey(path, `expected a name of its own, got that of Muster's service "${name}"`, 'rename the worker'),
      );
    }
    if (name.length + suffix.length > 63) {
      const longest = 63 - suffix.length;
      found.push(
        mistakenKey(
          path,
          `expected at most ${longest} characters, got ${name.length}`,
          'shorten the name: each further replica adds its number',
        ),
      );
    }
    const [, prefix = '', digits = ''] = /^(.+)-([1-9]\d{0,3})$/.exec(name) ?? [];
    const other = Object.hasOwn(workers, prefix) ? workers[prefix] : undefined;
    const limit = other && admitted(other);
    if (limit !== undefined && Number(digits) >= 2 && Number(digits) <= limit) {
      found.push(
        mistakenKey(
          path,
          `expected a name of its own, got that of replica ${digits} of "${prefix}"`,
          `rename it, or set maxReplicas of "${prefix}" below ${digits}`,
        ),
      );
    }
    return found;
  });
}

function replicas(spec: ClusterSpec): readonly Finding[] {
  return Object.entries(spec.workers ?? {}).flatMap(([name, { replicas: count, maxReplicas }]) => {
    if (count === undefined || maxReplicas === undefined || count <= maxReplicas) return [];
    return [
      mistake(
        ['workers', name, 'replicas'],
        `expected at most maxReplicas (${maxReplicas}), got ${count}`,
        `set maxReplicas to ${count} or more`,
      ),
    ];
  });
}

export function checkNames(spec: ClusterSpec): readonly Finding[] {
  return [...names(spec), ...replicas(spec)];
}
