// How is one daemon kept alive? Started or taken over, started again when it ends, stopped when told.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../stacks/drivers/clock.ts';
import {
  childHash,
  isAlive,
  type MarkedProcess,
  marker,
  markerVariable,
  signal,
  statOf,
} from '../../stacks/drivers/processes.ts';
import type { Child } from '../../stacks/plans/types.ts';
import { afterEnd, type End, endOf } from './after-end.ts';
import { failuresAfter, restartDelayMs } from './backoff.ts';

export type Surroundings = {
  /** `.muster`, absolute; part of every marker. */
  readonly home: string;
  readonly logFile: (name: string) => string;
  readonly clock: Clock;
  /** What every program needs of the caller's environment. */
  readonly inherited: Readonly<Record<string, string>>;
  /** One line for the supervisor's own log. */
  readonly say: (line: string) => void;
};

export type Kept = {
  readonly child: Child;
  /** SIGTERM, after the child's grace SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
};

type Running = Pick<MarkedProcess, 'pid' | 'startTicks'>;

/** An end of a process that is not our own child can only be polled. */
const adoptedPollMs = 250;

/** Keeps `child` alive until stop(); `adopted` is a living process of an earlier supervisor. */
export function keepAlive(child: Child, around: Surroundings, adopted: Running | null): Kept {
  let running: Running | null = null;
  let startedAt = 0;
  let failures = 0;
  let stopped: (() => void) | null = null;
  let callOff = () => {};

  function start(): void {
    startedAt = around.clock.now();
    try {
      begin();
    } catch (error) {
      // Such as a log that a full disk has no room for: tried again like any other end.
      end(`did not start: ${(error as Error).message}`);
    }
  }

  function begin(): void {
    const log = openLog(around.logFile(child.name));
    const environment = {
      ...around.inherited,
      ...child.environment,
      [markerVariable]: marker(child.name, childHash(child), around.home),
    };
    const process = spawn(child.program, child.args, { env: environment, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const { pid } = process;
    running = pid === undefined ? null : { pid, startTicks: statOf(String(pid))?.startTicks ?? '' };
    process.once('error', (error) => end(`did not start: ${error.message}`));
    process.once('exit', (code, by) =>
      end(by ? `was ended by ${by}` : `ended with exit code ${code}`, endOf(code, by)),
    );
  }

  function adopt(found: Running): void {
    running = found;
    startedAt = around.clock.now();
    around.say(`${child.name} runs already (pid ${found.pid}) and was taken over`);
    const look = () => {
      if (isAlive(found)) callOff = around.clock.after(adoptedPollMs, look);
      else end('ended');
    };
    callOff = around.clock.after(adoptedPollMs, look);
  }

  function end(how: string, seen: End = {}): void {
    callOff();
    running = null;
    if (stopped) {
      around.say(`${child.name} ${how}`);
      stopped();
      return;
    }
    failures = failuresAfter(failures, around.clock.now() - startedAt);
    const delayMs = restartDelayMs(failures);
    around.say(`${child.name} ${how}; starts again in ${delayMs / 1000} s`);
    const startLater = () => {
      callOff = around.clock.after(delayMs, start);
    };
    if (child.afterEnd === undefined) startLater();
    else {
      // It notes the end in the folder in which the next one starts.
      const environment = { ...around.inherited, ...child.environment, ...seen };
      callOff = afterEnd(child.program, child.afterEnd, environment, startLater);
    }
  }

  if (adopted) adopt(adopted);
  else start();

  return {
    child,
    stop: () =>
      new Promise((resolve) => {
        const target = running;
        if (!target) {
          callOff();
          resolve();
          return;
        }
        const callOffKill = around.clock.after(child.stopSeconds * 1000, () => {
          around.say(`${child.name} did not end within ${child.stopSeconds} s and is killed`);
          signal(target, 'SIGKILL');
        });
        stopped = () => {
          callOffKill();
          resolve();
        };
        signal(target, 'SIGTERM');
      }),
  };
}

/** For appending: so that a log that is cut while its writer runs does not get a hole. */
function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return openSync(path, 'a', 0o600);
}
