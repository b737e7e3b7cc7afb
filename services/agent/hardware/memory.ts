// How much memory may jobs use, and how much is in use?
import { join } from 'node:path';
import { memoryLimit, readIfThere } from './cgroup-limits.ts';

const mib = 1024 * 1024;

export type MemoryLoad = {
  readonly memoryUsedMiB: number;
  readonly memoryTotalMiB: number;
  readonly swapUsedMiB: number;
};

/** Of the machine, or of the cgroup where that is tighter. */
export const memoryLoad = (root: string): MemoryLoad => {
  const text = readIfThere(join(root, 'proc/meminfo')) ?? '';
  const kib = (key: string): number => Number(new RegExp(`^${key}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const swapUsedMiB = Math.floor((kib('SwapTotal') - kib('SwapFree')) / 1024);
  const total = kib('MemTotal') * 1024;
  const limit = memoryLimit(root);
  const [totalBytes, usedBytes] =
    limit !== null && (limit.limitBytes < total || total === 0)
      ? [limit.limitBytes, limit.usedBytes]
      : [total, total - kib('MemAvailable') * 1024];
  return {
    memoryUsedMiB: Math.max(0, Math.ceil(usedBytes / mib)),
    memoryTotalMiB: Math.floor(totalBytes / mib),
    swapUsedMiB,
  };
};

/** The smaller of the setting and what there is. */
export const memoryForJobsMiB = (root: string, setting: number | null): number => {
  const { memoryTotalMiB } = memoryLoad(root);
  return Math.min(memoryTotalMiB, setting ?? memoryTotalMiB);
};
