// How does a job run in a systemd unit of its own? Root's helper makes the unit, the job's first shell reads a script.
import { accessSync, constants, existsSync, readFileSync, realpathSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  endFile,
  endsFolder,
  linkFolder,
  serviceIn,
  socketPath,
  startFile,
  stateFolder,
  unitFile,
} from '../job-units/place.ts';
import type { End } from '../job-units/request.ts';
import { openOutput } from './output-pipe.ts';
import { findProgram } from './program.ts';
import { startScript } from './start-script.ts';
import type { Ended, Executor, JobProcess, RunningJob } from './types.ts';
import { askForUnit } from './unit-call.ts';

/** Can this agent have units for its jobs? `state` is its folder. */
export const unitsAreThere = (state: string): boolean => {
  try {
    accessSync(socketPath, constants.R_OK | constants.W_OK);
    const service = serviceIn(readFileSync('/proc/self/cgroup', 'utf8'));
    // A unit with a root of its own sees it at the place of the link.
    const places = [stateFolder, linkFolder].map((folder) => `${folder}/${service}`);
    return service !== null && places.includes(realpathSync(state));
  } catch {
    return false;
  }
};

const endedAs = ({ result, code, status, outOfMemoryKills }: End): Ended => {
  const exitCode = code === 'exited' ? Number(status) : null;
  const signal = exitCode === null ? `SIG${status}` : null;
  const killed = signal === 'SIGKILL' || exitCode === 137;
  return { exitCode, signal, outOfMemory: result === 'oom-kill' || (outOfMemoryKills > 0 && killed) };
};

const lookAgainMs = 2000;

/** Resolves when the unit has left word of its end, or is gone without one, or `over` aborts. */
const untilOver = (attempt: string, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    let wasGone = false;
    const look = () => {
      const isGone = !existsSync(unitFile(attempt));
      if (!existsSync(endFile(attempt)) && !over.aborted && !(isGone && wasGone)) {
        wasGone = isGone;
        return;
      }
      watcher.close();
      clearInterval(timer);
      over.removeEventListener('abort', look);
      resolve();
    };
    const watcher = watch(endsFolder, (_, name) => name === attempt && look());
    const timer = setInterval(look, lookAgainMs);
    over.addEventListener('abort', look);
    look();
  });

/** Tries until the unit is over: nobody may think so while it runs, whatever is wrong with the helper. */
const insistOnEnd = async (attempt: string): Promise<End | null> => {
  for (;;) {
    try {
      return await askForUnit({ op: 'end', attempt });
    } catch (error) {
      if (!existsSync(unitFile(attempt))) throw error;
      await delay(lookAgainMs);
    }
  }
};

const start = async (job: JobProcess, path: string): Promise<RunningJob> => {
  const { marker: attempt, memoryMiB, cpus, seconds, devices } = job;
  const [name = ''] = job.command;
  const program = findProgram(name, job.work, job.environment.PATH ?? path);
  writeFileSync(join(job.folder, startFile), startScript(job, program), { mode: 0o600 });
  const output = await openOutput(job.pipe);
  try {
    await askForUnit({ op: 'start', attempt, memoryMiB, cpus, seconds, devices });
  } catch (error) {
    output.destroy();
    throw error;
  }
  let killAtMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const kill = new AbortController();
  const ended = (async (): Promise<Ended> => {
    await untilOver(attempt, kill.signal);
    clearTimeout(timer);
    killAtMs = Number.NEGATIVE_INFINITY;
    const end = await insistOnEnd(attempt);
    if (end?.code === 'exited' || end?.code === 'killed' || end?.code === 'dumped') return endedAs(end);
    throw new Error(`the unit of ${attempt} did not tell how its program ended (${end?.result ?? 'no word'})`);
  })();
  return {
    output,
    ended,
    stop(graceMs) {
      // Refused when it ended meanwhile, which is what was wanted.
      if (killAtMs === Number.POSITIVE_INFINITY) askForUnit({ op: 'term', attempt }).catch(() => {});
      const atMs = performance.now() + graceMs;
      if (atMs >= killAtMs) return;
      killAtMs = atMs;
      clearTimeout(timer);
      timer = setTimeout(() => kill.abort(), graceMs);
    },
  };
};

/** `path` is the agent's own PATH. Nothing needs to be closed: units end with the agent's own. */
export const unitExecutor = (path: string): Executor => ({
  isolation: 'unit',
  limits: existsSync('/sys/fs/cgroup/memory') || controllers().includes('memory') ? [] : [noMemory],
  cgroupOf: () => null,
  start: (job) => start(job, path),
  async clean(attempt) {
    await askForUnit({ op: 'end', attempt });
  },
  close() {},
});

const noMemory = 'memory limits of jobs are not enforced: the kernel was started without the memory controller';

const controllers = (): readonly string[] => {
  try {
    return readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').trim().split(' ');
  } catch {
    return [];
  }
};
