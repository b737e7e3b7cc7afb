// What was decided about Dask? The scheduler, and classes of workers that share what the host has.
import { daskDefaults, daskWorkerDefaults } from '../spec/defaults-services.ts';
import type { DaskSpec } from '../spec/types.ts';
import { daskWorkerOf } from './dask-worker.ts';
import { byText, memoryMiB } from './decide.ts';
import { shareOf } from './sizing.ts';
import type { Dask, Host } from './types.ts';

/** Without classes there is one, named `cpu`. */
export function daskOf(block: DaskSpec, host: Host | null): Dask {
  const { compression, cpus, dashboard, image, logLevel, memory, tls } = { ...daskDefaults, ...block };
  const written = Object.entries(block.workers ?? { cpu: {} });
  const unsized = written
    .filter(([, { cpus: own, memory: ownMemory }]) => own === undefined || ownMemory === undefined)
    .reduce((sum, [, { replicas = daskWorkerDefaults.replicas }]) => sum + replicas, 0);
  const share = shareOf(host, unsized);
  return {
    image,
    cpus,
    memoryMiB: memoryMiB(memory),
    port: block.port ?? null,
    dashboard,
    tls,
    compression,
    logLevel,
    workers: written.map(([name, own]) => daskWorkerOf(name, own, share)).sort((a, b) => byText(a.name, b.name)),
  };
}
