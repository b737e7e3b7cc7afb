// What was decided about a class of Dask workers? Processes, threads and limits that fit each other, written or not.
import { daskWorkerDefaults } from '../spec/defaults-services.ts';
import type { DaskWorkerSpec } from '../spec/types.ts';
import { gpusOf, memoryMiB, seconds, sorted, targetsOf } from './decide.ts';
import type { Share } from './sizing.ts';
import type { DaskWorkerClass, Gpus } from './types.ts';

/** Beyond so many threads of one process its interpreter lock is the limit. */
const threadsPerProcess = 4;

/**
 * What the processes of a worker get of its memory: a tenth less, so that Dask spills before the kernel kills, and less
 * by what the program takes that watches over them (70 MiB measured, Dask 2026.8 on Python 3.11).
 */
const shareOfProcesses = 0.9;
const watcherMiB = 128;

export function forProcesses(wholeMiB: number): number {
  return Math.max(wholeMiB / 2, Math.min(shareOfProcesses * wholeMiB, wholeMiB - watcherMiB));
}

/** The other way round: the smallest memory that leaves so much to the processes. */
export function aroundProcesses(inAllMiB: number): number {
  return Math.ceil(Math.max(inAllMiB / shareOfProcesses, Math.min(2 * inAllMiB, inAllMiB + watcherMiB)));
}

/** A worker with GPUs has one process, so that what it says it has is there once. */
const processesFor = (threads: number, gpus: Gpus): number =>
  gpus.kind === 'none' ? Math.ceil(threads / threadsPerProcess) : 1;

/** An idle process takes 80 MiB; with less than this there is no room for data. */
const leastProcessMiB = 256;

type Memory = { readonly processes: number; readonly memoryMiB: number; readonly memoryLimitMiB: number };

/** What is written holds; the rest follows from it, or else from the share. */
function memoryOf(written: DaskWorkerSpec, wanted: number, share: Share): Memory {
  const whole = written.memory === undefined ? null : memoryMiB(written.memory);
  const limit = written.memoryLimit === undefined ? null : memoryMiB(written.memoryLimit);
  const each = limit ?? leastProcessMiB;
  const fitting = Math.max(1, Math.floor(forProcesses(whole ?? share.memoryMiB) / each));
  const grows = whole === null && limit !== null;
  const processes = written.processes ?? (grows ? wanted : Math.min(wanted, fitting));
  const memory = whole ?? Math.max(share.memoryMiB, aroundProcesses(each * processes));
  return { processes, memoryMiB: memory, memoryLimitMiB: limit ?? Math.floor(forProcesses(memory) / processes) };
}

export function daskWorkerOf(name: string, written: DaskWorkerSpec, share: Share): DaskWorkerClass {
  const spec = { ...daskWorkerDefaults, ...written };
  const cpus = written.cpus ?? share.cpus;
  const gpus = gpusOf(spec.gpus);
  const threadsInAll = Math.max(1, Math.floor(cpus));
  const memory = memoryOf(written, processesFor(threadsInAll, gpus), share);
  return {
    name,
    replicas: spec.replicas,
    cpus,
    gpus,
    ...memory,
    threads: written.threads ?? Math.max(1, Math.floor(threadsInAll / memory.processes)),
    memoryFractions: { ...daskWorkerDefaults.memoryFractions, ...written.memoryFractions },
    deathTimeoutSeconds: seconds(spec.deathTimeout),
    drainSeconds: seconds(spec.drainGrace),
    resources: sorted(written.resources ?? {}),
    targets: targetsOf(written.targets),
  };
}
