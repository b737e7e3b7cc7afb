// Who changes the cluster of this clone just now? One at a time; the lock of a process that is gone does not count.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, statOf } from './processes.ts';

/** Runs `work` while no other process holds the lock at `path`; `onWait` is told once who has it. */
export async function withLock<Result>(
  path: string,
  onWait: (pid: number) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let told = false;
  for (;;) {
    const holder = take(path);
    if (holder === null) break;
    if (!told) onWait(holder);
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Null when it is ours now, else the pid of who has it. */
function take(path: string): number | null {
  const own = `${process.pid} ${statOf(String(process.pid))?.startTicks}`;
  for (;;) {
    try {
      writeFileSync(path, own, { flag: 'wx', mode: 0o600 });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid, startTicks = ''] = read(path).split(' ');
    if (isAlive({ pid: Number(pid), startTicks })) return Number(pid);
    rmSync(path, { force: true });
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
