// How does a job run as a plain process? Started through a shell that joins the cgroup first; no shell reads its words.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { delimiter, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endCgroup } from './cgroup.ts';
import { startGuard } from './guard.ts';
import { sweep } from './sweep.ts';
import { CannotStart, type Containment, type Ended, type Executor, type JobProcess, type RunningJob } from './types.ts';

const run = promisify(execFile);

// A named pipe instead of the one that spawn makes: that is a socket, and a job cannot open /dev/stdout on a socket.
// The memory score makes the kernel choose the job before the agent when the machine itself runs out.
const starter = `[ -z "$1" ] || echo $$ >"$1" || exit 125
echo 500 2>/dev/null >/proc/$$/oom_score_adj
exec >"$2" 2>&1
shift 2
exec "$@"`;

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The absolute path of a job's program, looked up as execvp(3) does. Throws CannotStart, naming the program. */
const findProgram = (name: string, work: string, path: string): string => {
  const places = name.includes('/')
    ? [resolve(work, name)]
    : path.split(delimiter).map((at) => resolve(work, at, name));
  const found = places.find(isProgram);
  if (found !== undefined) return found;
  const why = name.includes('/') ? 'no such file, or it is not executable' : `not found on PATH (${path})`;
  throw new CannotStart(`cannot start ${JSON.stringify(name)}: ${why}`);
};

const spawned = (job: JobProcess, words: readonly string[]): Promise<ChildProcess> =>
  new Promise((done, fail) => {
    // A session of its own (setsid), so that a signal to the agent's group leaves the job to the agent.
    const child = spawn('/bin/sh', ['-c', starter, 'muster-start', ...words], {
      cwd: job.work,
      env: job.environment,
      detached: true,
      stdio: 'ignore',
    });
    child.once('spawn', () => done(child));
    child.once('error', fail);
  });

export const processExecutor = (containment: Containment, path: string): Executor => {
  const guard = startGuard(path, containment.root);
  const start = async (job: JobProcess): Promise<RunningJob> => {
    const [name = '', ...args] = job.command;
    const program = findProgram(name, job.work, job.environment.PATH ?? path);
    rmSync(job.pipe, { force: true });
    await run('mkfifo', ['-m', '600', job.pipe]);
    const join = containment.prepare(job.marker, job.memoryMiB);
    const killsBefore = containment.outOfMemoryKills(job.marker);
    const output = new Socket({ fd: openSync(job.pipe, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
    const child = await spawned(job, [join ?? '', job.pipe, program, ...args]).catch((cause: unknown) => {
      output.destroy();
      throw new CannotStart(`cannot start ${JSON.stringify(name)}`, { cause });
    });
    const pid = child.pid as number;
    guard.add(job.marker, { pid, cgroup: containment.cgroupOf(job.marker) });

    let alive = true;
    let timer: NodeJS.Timeout | undefined;
    let killAtMs = Number.POSITIVE_INFINITY;
    const ended = (async (): Promise<Ended> => {
      const [exitCode, signal] = await new Promise<[number | null, string | null]>((done) => {
        child.once('exit', (code, by) => done([code, by]));
      });
      alive = false;
      clearTimeout(timer);
      const kills = containment.outOfMemoryKills(job.marker) - killsBefore;
      await containment.kill(job.marker, pid);
      guard.remove(job.marker);
      return { exitCode, signal, outOfMemory: kills > 0 && (signal === 'SIGKILL' || exitCode === 137) };
    })();
    return {
      output,
      ended,
      stop(graceMs) {
        if (!alive) return;
        // Negative: the whole group. The main process is still ours to reap, so its pid cannot be another's.
        if (killAtMs === Number.POSITIVE_INFINITY) process.kill(-pid, 'SIGTERM');
        const atMs = performance.now() + graceMs;
        if (atMs >= killAtMs) return;
        killAtMs = atMs;
        clearTimeout(timer);
        timer = setTimeout(() => void containment.kill(job.marker, pid), graceMs);
      },
    };
  };
  return {
    isolation: containment.isolation,
    limits: containment.limits,
    cgroupOf: containment.cgroupOf,
    start,
    async clean(marker, cgroup) {
      if (cgroup !== null) await Promise.race([endCgroup(cgroup), delay(5000, undefined, { ref: false })]);
      await sweep(marker, null);
    },
    close() {
      guard.close();
      containment.close();
    },
  };
};
