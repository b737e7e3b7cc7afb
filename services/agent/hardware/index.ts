// What does this machine have for jobs, and how loaded is it?
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Capacity, Load } from '../../protocol/index.ts';
import { cpuCount, cpuMeter } from './cpu.ts';
import { detectGpus, type Gpus, type Wanted } from './gpus.ts';
import { memoryForJobsMiB, memoryLoad } from './memory.ts';

export type Asks = {
  /** Stands before /proc, /sys, /dev and /usr; `/` but in tests. */
  readonly root: string;
  /** Where programs are looked up. */
  readonly path: string;
  /** CPUs that the scheduler lets this process run on. */
  readonly availableCpus: number;
  readonly cpus: number | null;
  readonly memoryMiB: number | null;
  readonly gpus: Wanted;
  /** Where jobs run. */
  readonly folder: string;
};

export type Hardware = {
  readonly capacity: Capacity;
  /** What went wrong while looking, for the log. */
  readonly troubles: readonly string[];
  readonly gpuVariables: Gpus['variables'];
  readonly gpuDevices: Gpus['devices'];
  /** Each meter gives the load since its own last call; a hanging nvidia-smi leaves the last figures. */
  meter(): () => Promise<Load>;
};

/** Free space for jobs, in MiB. */
export const diskFreeMiB = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return Math.floor((bavail * bsize) / 1024 / 1024);
};

const patienceMs = 1000;
/** Asking takes the driver some CPU time, so several readers share one answer. */
const gpuFreshMs = 10_000;

export const detectHardware = async (asks: Asks): Promise<Hardware> => {
  const gpus = await detectGpus(asks.root, asks.path, asks.gpus);
  const capacity: Capacity = {
    cpus: cpuCount(asks.root, asks.availableCpus, asks.cpus),
    memoryMiB: memoryForJobsMiB(asks.root, asks.memoryMiB),
    diskMiB: await diskFreeMiB(asks.folder),
    gpus: [...gpus.facts],
  };

  let asking: Promise<void> | null = null;
  let askedMs = performance.now();
  const askAgain = async (): Promise<void> => {
    await gpus.refresh();
    askedMs = performance.now();
    asking = null;
  };
  const refreshGpus = async (): Promise<void> => {
    if (capacity.gpus.length === 0 || performance.now() - askedMs < gpuFreshMs) return;
    asking ??= askAgain();
    const patience = new AbortController();
    await Promise.race([asking, delay(patienceMs, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
  };
  return {
    capacity,
    troubles: gpus.troubles,
    gpuVariables: gpus.variables,
    gpuDevices: gpus.devices,
    meter() {
      const busyShare = cpuMeter(asks.root);
      return async () => {
        await refreshGpus();
        return {
          cpu: busyShare(),
          ...memoryLoad(asks.root),
          diskFreeMiB: await diskFreeMiB(asks.folder).catch(() => 0),
          gpus: [...gpus.loads()],
        };
      };
    },
  };
};
