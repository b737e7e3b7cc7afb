// How many CPUs may jobs use, and how busy are they?
import { join } from 'node:path';
import { cpuQuota, readIfThere } from './cgroup-limits.ts';

/** The smallest of the setting, what the scheduler lets us run on, and the cgroup's quota. */
export const cpuCount = (root: string, available: number, setting: number | null): number =>
  Math.min(available, setting ?? available, cpuQuota(root) ?? available);

/** Gives the busy share (0 to 1) of all CPUs since its last call, from the counters of proc_stat(5). */
export const cpuMeter = (root: string): (() => number) => {
  const sample = (): { busy: number; all: number } => {
    const line = /^cpu +(.*)$/m.exec(readIfThere(join(root, 'proc/stat')) ?? '')?.[1] ?? '';
    // user nice system idle iowait irq softirq steal; guest time is in user already.
    const ticks = line.split(' ').slice(0, 8).map(Number);
    const all = ticks.reduce((sum, value) => sum + value, 0);
    return { busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all };
  };
  let last = sample();
  return () => {
    const now = sample();
    const [busy, all] = [now.busy - last.busy, now.all - last.all];
    last = now;
    return all > 0 ? Math.min(1, Math.max(0, busy / all)) : 0;
  };
};
