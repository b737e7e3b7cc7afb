// What was decided about Dask? Processes, threads and limits that fit each other, whether they were written or not.
import { daskDefaults, daskWorkerDefaults } from '../spec/defaults-services.ts';
import type { DaskSpec, DaskWorkerSpec } from '../spec/types.ts';
import { byText, gpusOf, memoryMiB, seconds, sorted, targetsOf } from './decide.ts';
import { type Share, shareOf } from './sizing.ts';
import type { Dask, DaskWorkerClass, Host } from './types.ts';

/** Beyond so many threads of one process its interpreter lock is the limit. */
const threadsPerProcess = 4;

/** Below the container's limit, so that Dask spills before the kernel kills. */
const shareOfContainer = 0.9;

function classOf(name: string, written: DaskWorkerSpec, share: Share): DaskWorkerClass {
  const spec = { ...daskWorkerDefaults, ...written };
  const cpus = written.cpus ?? share.cpus;
  const memory = written.memory === undefined ? share.memoryMiB : memoryMiB(written.memory);
  const threadsInAll = Math.max(1, Math.floor(cpus));
  const processes = written.processes ?? Math.max(1, Math.ceil(threadsInAll / threadsPerProcess));
  return {
    name,
    replicas: spec.replicas,
    cpus,
    memoryMiB: memory,
    gpus: gpusOf(spec.gpus),
    processes,
    threads: written.threads ?? Math.max(1, Math.floor(threadsInAll / processes)),
    memoryLimitMiB:
      written.memoryLimit === undefined
        ? Math.floor((memory * shareOfContainer) / processes)
        : memoryMiB(written.memoryLimit),
    memoryFractions: { ...daskWorkerDefaults.memoryFractions, ...written.memoryFractions },
    deathTimeoutSeconds: seconds(spec.deathTimeout),
    resources: sorted(written.resources ?? {}),
    targets: targetsOf(written.targets),
  };
}

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
    workers: written.map(([name, own]) => classOf(name, own, share)).sort((a, b) => byText(a.name, b.name)),
  };
}
