// How is systemd told to start and to end the unit of a job? By its own programs, with words that were checked before.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { unitFile, unitOf } from './place.ts';

const run = promisify(execFile);
const options = { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, timeout: 60_000 };

/** Throws with systemd's own words. */
const told = async (program: string, words: readonly string[]): Promise<string> => {
  try {
    return (await run(program, [...words], options)).stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program}: ${stderr?.trim() || message}`, { cause: error });
  }
};

/** Resolves when its first shell runs. */
export const startUnit = (words: readonly string[]): Promise<string> => told('systemd-run', words);

/** The user that systemd made up for it. */
export const userOf = async (attempt: string): Promise<number> => {
  const text = (await told('systemctl', ['show', '--property=UID', '--value', unitOf(attempt)])).trim();
  if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`expected the user of ${unitOf(attempt)}, got ${text || 'none'}`);
  return Number(text);
};

/** Nothing happens when the unit is over. */
const signal = async (attempt: string, name: 'TERM' | 'KILL', whom: 'all' | 'main'): Promise<void> => {
  const words = ['kill', `--signal=${name}`, `--kill-whom=${whom}`, unitOf(attempt)];
  await told('systemctl', words).catch((error: Error) => {
    if (existsSync(unitFile(attempt))) throw error;
  });
};

export const terminateUnit = (attempt: string): Promise<void> => signal(attempt, 'TERM', 'all');

const mostEndingMs = 60_000;

/** Kills, and resolves when systemd has forgotten it: no process is left then. Not by `stop`, which waits for the agent's. */
export const endUnit = async (attempt: string): Promise<void> => {
  const untilMs = performance.now() + mostEndingMs;
  while (existsSync(unitFile(attempt))) {
    // The others are killed when it is dead. The last one of all, which writes down how it ended, must not be.
    await signal(attempt, 'KILL', 'main').catch(() => {});
    if (performance.now() > untilMs) throw new Error(`${unitOf(attempt)} does not end: a process cannot be killed`);
    await delay(20);
  }
};

/** Of the groups that may open device files of GPUs, those that this machine has. */
export const deviceGroups = (): readonly string[] => {
  const text = readFileSync('/etc/group', 'utf8');
  return ['render', 'video'].filter((name) => text.split('\n').some((line) => line.startsWith(`${name}:`)));
};
