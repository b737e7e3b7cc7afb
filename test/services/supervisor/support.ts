// What does a supervisor's test need? Small real daemons, a clock of its own, and an end of all of them.
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createSupervisor, type Supervisor } from '../../../services/supervisor/supervise.ts';
import { type Clock, systemClock } from '../../../stacks/drivers/clock.ts';
import { type MarkedProcess, markedProcesses, signal } from '../../../stacks/drivers/processes.ts';
import type { Child } from '../../../stacks/plans/types.ts';
import { ownFolder } from '../../support/folder.ts';

export type Stage = {
  readonly home: string;
  readonly said: readonly string[];
  supervisor(clock?: Clock): Supervisor;
  living(): readonly MarkedProcess[];
  one(name: string): MarkedProcess | undefined;
  log(name: string): string;
};

/** A home in which nothing is left alive after the test. */
export function stage(t: TestContext): Stage {
  const home = realpathSync(ownFolder(t));
  mkdirSync(join(home, 'logs'));
  const said: string[] = [];
  const living = () => markedProcesses(home);
  const supervisors: Supervisor[] = [];
  t.after(async () => {
    await Promise.all(supervisors.map((one) => one.stop()));
    for (const one of living()) signal(one, 'SIGKILL');
  });
  return {
    home,
    said,
    living,
    supervisor(clock = systemClock) {
      const logFile = (name: string) => join(home, 'logs', `${name}.log`);
      const inherited = { PATH: process.env.PATH ?? '' };
      const made = createSupervisor({ home, logFile, clock, inherited, say: (line) => said.push(line) });
      supervisors.push(made);
      return made;
    },
    one: (name) => living().find((process) => process.name === name),
    log: (name) => readFileSync(join(home, 'logs', `${name}.log`), 'utf8'),
  };
}

/** A daemon that is a line of shell. */
export function shell(name: string, script: string, more: Partial<Child> = {}): Child {
  return { name, role: 'worker', program: '/bin/sh', args: ['-c', script], environment: {}, stopSeconds: 5, ...more };
}

/** A daemon that only lives. */
export function sleeper(name: string, seconds = 1000, more: Partial<Child> = {}): Child {
  return shell(name, '', { program: '/bin/sleep', args: [String(seconds)], ...more });
}

/** Waits for what only /proc tells. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not happen within 10 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A clock that stands until it is moved; `waits` are the delays that are waited for now. */
export function handClock(): Clock & { readonly waits: () => readonly number[]; pass(ms: number): void } {
  let nowMs = 0;
  let timers: { readonly at: number; readonly work: () => void }[] = [];
  return {
    now: () => nowMs,
    after(delayMs, work) {
      const timer = { at: nowMs + delayMs, work };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    waits: () => timers.map(({ at }) => at - nowMs),
    pass(ms) {
      nowMs += ms;
      const due = timers.filter(({ at }) => at <= nowMs);
      timers = timers.filter(({ at }) => at > nowMs);
      for (const { work } of due) work();
    },
  };
}
