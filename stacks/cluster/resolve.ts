// What follows from a spec? Every default filled in, sizes as numbers, everything sorted, and a hash over the whole.
import { createHash } from 'node:crypto';
import { admitted } from '../spec/checks-names.ts';
import { orchestratorDefaults, workerDefaults } from '../spec/defaults.ts';
import type { ClusterSpec, GpuSpec, WorkerDefaultsSpec, WorkerSpec } from '../spec/types.ts';
import { parseMemoryMiB, parseSeconds } from '../spec/units.ts';
import type { Cluster, Gpus, WorkerClass } from './types.ts';
import { version } from './version.ts';

/** A spec that was checked has no other texts here, so a null is a bug. */
function exact(value: number | null): number {
  if (value === null) throw new Error('a size or time reached resolve without being checked');
  return value;
}

/** Byte order, which no locale changes. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => byText(a, b)));
}

function gpusOf(spec: GpuSpec): Gpus {
  if (typeof spec !== 'number') return { kind: spec };
  return spec === 0 ? { kind: 'none' } : { kind: 'count', count: spec };
}

function workerClass(name: string, shared: WorkerDefaultsSpec, own: WorkerSpec): WorkerClass {
  const spec = { ...workerDefaults, ...shared, ...own };
  return {
    name,
    replicas: spec.replicas,
    maxReplicas: admitted(own),
    cpus: spec.cpus,
    memoryMiB: exact(parseMemoryMiB(spec.memory)),
    gpus: gpusOf(spec.gpus),
    labels: sorted({ ...shared.labels, ...own.labels }),
    image: spec.image ?? null,
    environment: sorted({ ...shared.environment, ...own.environment }),
    drainSeconds: exact(parseSeconds(spec.drainGrace)),
    maxProcesses: spec.maxProcesses,
  };
}

/** Decides a checked spec. Labels and environment of a worker add to those of `defaults`; other keys replace them. */
export function resolve(spec: ClusterSpec): Cluster {
  const orchestrator = { ...orchestratorDefaults, ...spec.orchestrator };
  const decided = {
    name: spec.name,
    orchestrator: {
      port: orchestrator.port,
      cpus: orchestrator.cpus,
      memoryMiB: exact(parseMemoryMiB(orchestrator.memory)),
      heartbeatSeconds: exact(parseSeconds(orchestrator.heartbeat)),
      leaseTtlSeconds: exact(parseSeconds(orchestrator.leaseTtl)),
    },
    workers: Object.entries(spec.workers ?? {})
      .map(([name, own]) => workerClass(name, spec.defaults?.worker ?? {}, own))
      .sort((a, b) => byText(a.name, b.name)),
    version,
  };
  return { ...decided, hash: createHash('sha256').update(JSON.stringify(decided)).digest('hex') };
}
