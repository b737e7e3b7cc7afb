// Do the keys of each class of Dask workers fit each other?
import { daskWorkerDefaults } from './defaults-services.ts';
import { mistake, mistakenKey } from './findings.ts';
import type { DaskFractionsSpec, Finding, ServicesSpec } from './types.ts';
import { parseMemoryMiB } from './units.ts';

function fractions(path: readonly string[], written: DaskFractionsSpec | undefined): readonly Finding[] {
  const all = { ...daskWorkerDefaults.memoryFractions, ...written };
  const steps = (['target', 'spill', 'pause', 'terminate'] as const).filter((step) => all[step] !== false);
  return steps.slice(1).flatMap((step, before) => {
    const earlier = steps[before] as (typeof steps)[number];
    if (Number(all[step]) >= Number(all[earlier])) return [];
    const message = `expected at least ${earlier} (${all[earlier]}), got ${step} ${all[step]}`;
    return [mistake([...path, step], message, `raise ${step} or lower ${earlier}`)];
  });
}

export function checkDask({ dask: written }: ServicesSpec): readonly Finding[] {
  const workers = typeof written === 'object' ? (written.workers ?? {}) : {};
  return Object.entries(workers).flatMap(([name, worker]) => {
    const path = ['services', 'dask', 'workers', name];
    const found = [...fractions([...path, 'memoryFractions'], worker.memoryFractions)];
    if (name === 'scheduler') {
      const message = "expected a name of its own, got that of Dask's scheduler";
      found.push(mistakenKey(path, message, 'rename the class, for example cpu'));
    }
    const [whole, each] = [parseMemoryMiB(worker.memory ?? ''), parseMemoryMiB(worker.memoryLimit ?? '')];
    const inAll = (each ?? 0) * (worker.processes ?? 1);
    if (whole !== null && each !== null && inAll >= whole) {
      const message = `expected less than ${worker.memory} for all ${worker.processes ?? 1} processes, got ${worker.memoryLimit} for each`;
      found.push(mistake([...path, 'memoryLimit'], message, 'lower memoryLimit, or raise memory'));
    }
    return found;
  });
}
