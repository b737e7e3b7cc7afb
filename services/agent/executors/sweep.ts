// Which processes belong to an attempt where no cgroup says so? Found in /proc by marker, session and parentage.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { outOfMemoryKills } from '../hardware/cgroup-limits.ts';
import type { Containment } from './types.ts';

type Process = { readonly pid: number; readonly parent: number; readonly session: number; readonly marked: boolean };

const readProcess = (pid: number, needle: string): Process | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name stands in brackets and may hold anything, brackets and spaces too (proc(5)).
    const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    let environment = '';
    try {
      environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    } catch {
      // Another user's, or one that is just ending.
    }
    return { pid, parent: Number(parent), session: Number(session), marked: `\0${environment}`.includes(needle) };
  } catch {
    return null;
  }
};

/** Pids of an attempt: those that carry its marker, those of its session, and all their descendants. */
export const processesOf = (marker: string, leader: number | null): readonly number[] => {
  const needle = `\0MUSTER_ATTEMPT=${marker}\0`;
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name), needle))
    .filter((process) => process !== null);
  const found = new Set(all.filter((one) => one.marked || one.session === leader).map((one) => one.pid));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  found.delete(process.pid);
  return [...found];
};

/** False when it is not ours to signal: what became another user's (sudo) would be waited for in vain. */
const send = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    // Otherwise it ended meanwhile.
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
};

/** Kills until two sweeps in a row find nothing: a fork between reading and killing shows in the next one. */
export const sweep = async (marker: string, leader: number | null): Promise<void> => {
  for (let empty = 0; empty < 2; ) {
    // Stopped first, so that none forks on while its siblings are being killed.
    const pids = processesOf(marker, leader).filter((pid) => send(pid, 'SIGSTOP'));
    empty = pids.length === 0 ? empty + 1 : 0;
    for (const pid of pids) send(pid, 'SIGKILL');
    if (empty < 2) await delay(pids.length === 0 ? 2 : 10);
  }
};

/** Best effort, and said so: a process that left the session, lost its parent and cleared its environment is not found. */
export const groupContainment = (): Containment => ({
  isolation: 'process-group',
  limits: [
    'processes of a job are found by their environment and session: one that hides from both, or became another user’s, outlives the job',
    'memory limits of jobs are not enforced: no cgroup can be made',
  ],
  root: null,
  cgroupOf: () => null,
  prepare: () => null,
  outOfMemoryKills: () => outOfMemoryKills('/'),
  kill: sweep,
  close() {},
});
