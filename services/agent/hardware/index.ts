// What does this machine have for jobs, and how loaded is it?
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Capacity, Load } from '../../protocol/index.ts';
import { cpuCount, cpuMeter } from './cpu.ts';
import { memoryForJobsMiB, memoryLoad } from './memory.ts';
import { askNvidia, type Gpu } from './nvidia.ts';

export type Asks = {
  /** Stands before /proc and /sys; `/` but in tests. */
  readonly root: string;
  /** Where programs are looked up. */
  readonly path: string;
  /** CPUs that the scheduler lets this process run on. */
  readonly availableCpus: number;
  readonly cpus: number | null;
  readonly memoryMiB: number | null;
  readonly gpus: 'auto' | 'none' | number;
  /** Where jobs run. */
  readonly folder: string;
};

export type Hardware = {
  readonly capacity: Capacity;
  /** What went wrong while looking, for the log. */
  readonly troubles: readonly string[];
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
  const ours = (all: readonly Gpu[]): readonly Gpu[] => (typeof asks.gpus === 'number' ? all.slice(0, asks.gpus) : all);
  const asked = asks.gpus === 'none' ? { gpus: [], trouble: null } : await askNvidia(asks.path);
  let gpus = ours(asked.gpus);
  const troubles = asked.trouble === null ? [] : [asked.trouble];
  if (typeof asks.gpus === 'number' && gpus.length < asks.gpus) {
    troubles.push(`the settings ask for ${asks.gpus} GPUs, this machine has ${gpus.length}`);
  }
  const capacity: Capacity = {
    cpus: cpuCount(asks.root, asks.availableCpus, asks.cpus),
    memoryMiB: memoryForJobsMiB(asks.root, asks.memoryMiB),
    diskMiB: await diskFreeMiB(asks.folder),
    gpus: gpus.map(({ index, uuid, name, memoryMiB, driver }) => ({ index, uuid, name, memoryMiB, driver })),
  };

  let asking: Promise<void> | null = null;
  let askedMs = performance.now();
  const askAgain = async (): Promise<void> => {
    const { gpus: now, trouble } = await askNvidia(asks.path);
    if (trouble === null) gpus = ours(now);
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
    troubles,
    meter() {
      const busyShare = cpuMeter(asks.root);
      return async () => {
        await refreshGpus();
        return {
          cpu: busyShare(),
          ...memoryLoad(asks.root),
          diskFreeMiB: await diskFreeMiB(asks.folder).catch(() => 0),
          gpus: gpus.map(({ index, utilization, memoryUsedMiB, temperatureCelsius }) => ({
            index,
            utilization,
            memoryUsedMiB,
            temperatureCelsius,
          })),
        };
      };
    },
  };
};
