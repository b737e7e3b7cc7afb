// How does a list of workers read? One line each, free and whole CPUs, memory, GPUs by model.
import type { GpuFacts, WorkerView } from '../../../services/protocol/index.ts';
import { formatMemory } from '../../index.ts';
import { plainTable } from '../text.ts';

export function workerTable(workers: readonly WorkerView[]): string {
  return plainTable(
    ['NAME', 'STATE', 'CPUS', 'MEMORY', 'GPUS', 'VERSION', 'LABELS'],
    [...workers]
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
      .map(({ cpus, cpusFree, draining, gpus, labels, memoryMiB, name, state, version }) => [
        name,
        draining && state !== 'draining' ? `${state}, drained` : state,
        `${cpusFree}/${cpus}`,
        formatMemory(memoryMiB),
        formatGpus(gpus),
        version ?? '–',
        formatLabels(labels),
      ]),
  );
}

/** `1× RTX 4090 24 GiB`, a dash for none. */
export function formatGpus(gpus: readonly GpuFacts[]): string {
  const models = gpus.map(({ memoryMiB, name }) => (memoryMiB === null ? name : `${name} ${formatMemory(memoryMiB)}`));
  const counts = [...new Set(models)].map((model) => `${models.filter((other) => other === model).length}× ${model}`);
  return counts.join(', ') || '–';
}

export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
