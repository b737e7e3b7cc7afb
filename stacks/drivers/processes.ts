// Which processes of ours run on this machine? Found by a marker in their environment, so no pid can go stale.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, Command } from '../plans/types.ts';

/** Holds `<name>@<hash>@<home>`; children of a marked process that keep its environment carry it too. */
export const markerVariable = 'MUSTER_SUPERVISED';

/** Changes with the child: one that runs under another hash must be started anew. */
export function childHash(child: Child): string {
  return createHash('sha256').update(JSON.stringify(child)).digest('hex').slice(0, 16);
}

export type MarkedProcess = {
  readonly pid: number;
  readonly parentPid: number;
  /** Clock ticks from boot to its start: with the pid it names one process for ever. */
  readonly startTicks: string;
  /** Began a session of its own, as what the supervisor starts does. */
  readonly leads: boolean;
  readonly args: readonly string[];
  readonly name: string;
  readonly hash: string;
};

export function marker(name: string, hash: string, home: string): string {
  return `${name}@${hash}@${home}`;
}

/** How principal() finds a child. */
export const argsOf = ({ args, role }: Child): readonly string[] | null => (role === 'service' ? null : args);

/** All living processes whose marker names this home, those that they started included. */
export function markedProcesses(home: string): readonly MarkedProcess[] {
  const found: MarkedProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const mark = environmentOf(entry).find((pair) => pair.startsWith(`${markerVariable}=`));
    const parts = mark?.slice(markerVariable.length + 1).match(/^([^@]*)@([^@]*)@(.*)$/s);
    const stat = statOf(entry);
    if (!parts || parts[3] !== home || !stat) continue;
    const [, name = '', hash = ''] = parts;
    found.push({
      pid: Number(entry),
      parentPid: stat.parentPid,
      startTicks: stat.startTicks,
      leads: stat.session === Number(entry),
      args: read(`/proc/${entry}/cmdline`).split('\0').slice(1, -1),
      name,
      hash,
    });
  }
  return found;
}

/**
 * The process that the supervisor started under that name, not one that it started itself in turn. With `args` null it
 * may have become another program since: a start script does.
 */
export function principal(
  all: readonly MarkedProcess[],
  name: string,
  args: readonly string[] | null,
): MarkedProcess | null {
  const same = all.filter((one) => one.name === name);
  const roots = same.filter((one) => !same.some((other) => other.pid === one.parentPid));
  return roots.find((one) => (args === null ? one.leads : one.args.join('\0') === args.join('\0'))) ?? null;
}

/** False once it ended, also when its pid belongs to another one now. */
export function isAlive(process: Pick<MarkedProcess, 'pid' | 'startTicks'>): boolean {
  return statOf(String(process.pid))?.startTicks === process.startTicks;
}

/** Sends the signal if that very process still lives. */
export function signal(target: Pick<MarkedProcess, 'pid' | 'startTicks'>, name: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until all have ended; false when `limitMs` passed first. Ends of strangers can only be polled. */
export async function ended(targets: readonly MarkedProcess[], limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (targets.some(isAlive)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

const lastWordMs = 1000;

/**
 * Runs it with our terminal, or with its own stdin where it has one; resolves with its exit code, 130 when a signal
 * ended it. A signal to us ends it first.
 */
export function runInTerminal(
  { args, program, stdin }: Command,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    // A group of its own: `docker compose logs --follow` without a terminal outlives a SIGTERM, and its plugin outlives it.
    const input = stdin === undefined ? 'inherit' : 'pipe';
    const child = spawn(program, args, { cwd, env, stdio: [input, 'inherit', 'inherit'], detached: true });
    // One that ends before it has read all says why by its exit code.
    child.stdin?.on('error', () => {}).end(stdin);
    const toGroup = (name: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    const pass = (name: NodeJS.Signals) => {
      toGroup(name);
      setTimeout(toGroup, lastWordMs, 'SIGKILL').unref();
    };
    process.on('SIGINT', pass).on('SIGTERM', pass).on('SIGHUP', pass);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass).off('SIGHUP', pass);
      resolve(code ?? 130);
    });
  });
}

/** Start, parent and session of a process; null when there is none or only its zombie. */
export function statOf(pid: string): { parentPid: number; session: number; startTicks: string } | null {
  // The second field, the name in brackets, may hold spaces and brackets itself.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const [state, parent, , session] = fields;
  const startTicks = fields[19];
  if (startTicks === undefined || state === 'Z' || state === 'X') return null;
  return { parentPid: Number(parent), session: Number(session), startTicks };
}

function environmentOf(pid: string): readonly string[] {
  return read(`/proc/${pid}/environ`).split('\0');
}

/** Empty for what is gone or belongs to another user: neither is ours. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
