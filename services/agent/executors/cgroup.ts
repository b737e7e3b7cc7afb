// Can the processes of a job be held in a cgroup, whatever they do? (cgroup v2, `cgroup.kill`, kernel 5.14)
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { outOfMemoryKills } from '../hardware/cgroup-limits.ts';
import type { Containment } from './types.ts';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** The agent's own place in the v2 hierarchy, also on machines that mount it beside v1; null where there is none. */
const ownFolder = (): string | null => {
  const path = /^0::(.*)$/m.exec(read('/proc/self/cgroup'))?.[1];
  const mount = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((at) => existsSync(join(at, 'cgroup.controllers')));
  return path === undefined || mount === undefined ? null : join(mount, path);
};

/** Removes a cgroup with those that jobs made inside it. */
const remove = (folder: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) remove(join(folder, entry.name));
  }
  rmdirSync(folder);
};

/** Kills what is in a cgroup, waits until it is empty, and removes it. Nothing happens when it is gone already. */
export const endCgroup = async (folder: string): Promise<void> => {
  while (existsSync(folder)) {
    try {
      writeFileSync(join(folder, 'cgroup.kill'), '1');
      if (!read(join(folder, 'cgroup.events')).includes('populated 1')) return remove(folder);
    } catch (error) {
      // Busy: a process is on its way out. Gone: another hand was faster.
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!['EBUSY', 'ENOTEMPTY', 'ENOENT', 'ENODEV'].includes(code)) throw error;
    }
    await delay(5);
  }
};

/** Counts `oom_kill` in `memory.events`; 0 without the controller. */
const oomKillsIn = (folder: string): number =>
  Number(/^oom_kill (\d+)$/m.exec(read(join(folder, 'memory.events')))?.[1] ?? 0);

/** Null where no cgroup can be made or killed; the caller then takes the next best. */
export const cgroupContainment = (name: string): Containment | null => {
  const own = ownFolder();
  if (own === null) return null;
  const root = join(own, `muster-${name}`);
  try {
    mkdirSync(root, { recursive: true });
    if (!existsSync(join(root, 'cgroup.kill'))) return null;
    // A folder that can be made may still refuse processes: no right on the common ancestor, or a threaded parent.
    execFileSync('/bin/sh', ['-c', 'echo $$ >"$1"', 'sh', join(root, 'cgroup.procs')], { stdio: 'ignore' });
  } catch {
    return null;
  }
  let memory = true;
  for (const parent of [own, root]) {
    try {
      writeFileSync(join(parent, 'cgroup.subtree_control'), '+memory');
    } catch {
      memory = false;
    }
  }
  const cgroupOf = (marker: string) => join(root, marker);
  return {
    isolation: 'cgroup',
    limits: memory
      ? []
      : ['memory limits of jobs are not enforced: the memory controller is not delegated to the agent'],
    root,
    cgroupOf,
    prepare(marker, memoryMiB) {
      const folder = cgroupOf(marker);
      mkdirSync(folder, { recursive: true });
      if (memory && memoryMiB > 0) {
        writeFileSync(join(folder, 'memory.max'), String(memoryMiB * 1024 * 1024));
        writeFileSync(join(folder, 'memory.oom.group'), '1');
      }
      return join(folder, 'cgroup.procs');
    },
    outOfMemoryKills: (marker) => (memory ? oomKillsIn(cgroupOf(marker)) : outOfMemoryKills('/')),
    kill: (marker) => endCgroup(cgroupOf(marker)),
    close() {
      try {
        remove(root);
      } catch {
        // Another agent of the same folder may have come up meanwhile; an empty cgroup costs nothing.
      }
    },
  };
};
