// How much may this process use, says the cgroup it is in, and was it too much? v1 and v2, its ancestors included; null where none says so.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file's text, or null. */
export const readIfThere = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** Folders from the process's own cgroup up to the mount, for a v1 controller or (`null`) for v2. */
const chain = (root: string, controller: string | null): readonly string[] => {
  const lines = (readIfThere(join(root, 'proc/self/cgroup')) ?? '').split('\n').map((line) => line.split(':'));
  const line = lines.find(([, names = '']) =>
    controller === null ? names === '' : names.split(',').includes(controller),
  );
  const mount = join(root, 'sys/fs/cgroup', controller ?? '');
  if (line === undefined || !existsSync(mount)) return [];
  const parts = line.slice(2).join(':').split('/').filter(Boolean);
  return Array.from({ length: parts.length + 1 }, (_, up) => join(mount, ...parts.slice(0, parts.length - up)));
};

const isV2 = (root: string): boolean => existsSync(join(root, 'sys/fs/cgroup/cgroup.controllers'));

/** The smallest positive number that `read` finds in a chain; null where there is none. */
const smallest = (folders: readonly string[], read: (folder: string) => number | null): number | null => {
  const found = folders.map(read).filter((value) => value !== null && Number.isFinite(value) && value > 0);
  return found.length === 0 ? null : Math.min(...(found as number[]));
};

/** CPUs that the quota grants, such as 1.5; `root` stands before /proc and /sys. */
export const cpuQuota = (root: string): number | null =>
  isV2(root)
    ? smallest(chain(root, null), (folder) => {
        const [quota, period] = (readIfThere(join(folder, 'cpu.max')) ?? '').split(' ').map(Number);
        return (quota ?? Number.NaN) / (period ?? Number.NaN);
      })
    : smallest(
        chain(root, 'cpu'),
        (folder) =>
          Number(readIfThere(join(folder, 'cpu.cfs_quota_us'))) /
          Number(readIfThere(join(folder, 'cpu.cfs_period_us'))),
      );

export type MemoryLimit = { readonly limitBytes: number; readonly usedBytes: number };

/** The tightest memory limit, and what is used under it without what could be dropped. */
export const memoryLimit = (root: string): MemoryLimit | null => {
  const [limitFile, usedFile, idleKey] = isV2(root)
    ? ['memory.max', 'memory.current', 'inactive_file']
    : ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'];
  const limitOf = (folder: string) => Number(readIfThere(join(folder, limitFile)) ?? Number.NaN);
  const folders = chain(root, isV2(root) ? null : 'memory');
  const limitBytes = smallest(folders, limitOf);
  // v1 says "no limit" with the largest multiple of a page below 2^63.
  if (limitBytes === null || limitBytes > 2 ** 60) return null;
  const folder = folders.find((one) => limitOf(one) === limitBytes) ?? '';
  const idle = new RegExp(`^${idleKey} (\\d+)$`, 'm').exec(readIfThere(join(folder, 'memory.stat')) ?? '')?.[1];
  return { limitBytes, usedBytes: Number(readIfThere(join(folder, usedFile)) ?? 0) - Number(idle ?? 0) };
};

/** How often the kernel killed for memory in the nearest cgroup that counts it; 0 where none does. */
export const outOfMemoryKills = (root: string): number => {
  const [folders, file] = isV2(root)
    ? [chain(root, null), 'memory.events']
    : [chain(root, 'memory'), 'memory.oom_control'];
  const texts = folders.map((folder) => readIfThere(join(folder, file)) ?? '');
  const counts = texts.map((text) => /^oom_kill (\d+)$/m.exec(text)?.[1]);
  return Number(counts.find((count) => count !== undefined) ?? 0);
};
