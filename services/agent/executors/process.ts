// How does a job run as a plain process? Started through a shell that joins the cgroup first; no shell reads its words.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { endCgroup } from './cgroup.ts';
import { startGuard } from './guard.ts';
import { openOutput } from './output-pipe.ts';
import { findProgram } from './program.ts';
import { sweep } from './sweep.ts';
import { CannotStart, type Containment, type Ended, type Executor, type JobProcess, type RunningJob } from './types.ts';

// The memory score makes the kernel choose the job before the agent when the machine itself runs out.
const starter = `[ -z "$1" ] || echo $$ >"$1" || exit 125
echo 500 2>/dev/null >/proc/$$/oom_score_adj
exec >"$2" 2>&1
shift 2
exec "$@"`;

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
    const output = await openOutput(job.pipe);
    const join = containment.prepare(job.marker, job.memoryMiB);
    const killsBefore = containment.outOfMemoryKills(job.marker);
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
