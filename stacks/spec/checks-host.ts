// Does each worker fit this host? A larger one is a warning: it starts, and advertises what it really has.
import type { Host } from '../cluster/types.ts';
import { workerDefaults } from './defaults.ts';
import { warning } from './findings.ts';
import type { ClusterSpec, Finding } from './types.ts';
import { formatMemory, parseMemoryMiB } from './units.ts';

/** Findings are at the key that says it: that of the worker, else the one of defaults. */
export function checkHost(spec: ClusterSpec, host: Host): readonly Finding[] {
  const shared = spec.defaults?.worker ?? {};
  return Object.entries(spec.workers ?? {}).flatMap(([name, worker]) => {
    const { cpus, memory, gpus } = { ...workerDefaults, ...shared, ...worker };
    const memoryMiB = parseMemoryMiB(memory) ?? 0;
    const at = (key: string) => ['workers', name, key];
    const found: Finding[] = [];
    if (cpus > host.cpus) {
      found.push(
        warning(
          at('cpus'),
          `${name} wants ${cpus} CPUs, this host has ${host.cpus}`,
          'it will offer what the host has',
        ),
      );
    }
    if (memoryMiB > host.memoryMiB) {
      const message = `${name} wants ${formatMemory(memoryMiB)}, this host has ${formatMemory(host.memoryMiB)}`;
      found.push(warning(at('memory'), message, 'it will offer what the host has'));
    }
    if (typeof gpus === 'number' && gpus > host.gpus) {
      const message = `${name} wants ${gpus} GPUs, this host has ${host.gpus}`;
      found.push(warning(at('gpus'), message, 'it will offer what the host has; or remove "gpus"'));
    }
    return found;
  });
}
