// What do the flags of `jobs submit` ask for? Flags → a job, each mistake named by its flag.

import type { JobRequest } from '../../../services/protocol/index.ts';
import { parseMemoryMiB, parseSeconds } from '../../index.ts';
import { self } from '../output.ts';
import { exitCodes, Failure } from '../types.ts';

export type SubmitFlags = {
  readonly name?: string;
  readonly label?: readonly string[];
  readonly env?: readonly string[];
  readonly gpus?: string;
  readonly cpus?: string;
  readonly memory?: string;
  readonly retries?: string;
  readonly timeout?: string;
  readonly priority?: string;
  readonly output?: readonly string[];
};

/** The job without its inputs. Throws Failure. */
export function jobRequest(flags: SubmitFlags, command: readonly string[]): JobRequest {
  if (command.length === 0) {
    throw new Failure(exitCodes.badInput, 'expected a command after --, got none', `${self} jobs submit -- uname -a`);
  }
  return {
    command: [...command],
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.label ? { labels: pairs('--label', flags.label) } : {}),
    ...(flags.env ? { environment: pairs('--env', flags.env) } : {}),
    ...(flags.gpus === undefined ? {} : { gpus: number('--gpus', flags.gpus, true) }),
    ...(flags.cpus === undefined ? {} : { cpus: number('--cpus', flags.cpus, false) }),
    ...(flags.memory === undefined ? {} : { memoryMiB: memory(flags.memory) }),
    ...(flags.retries === undefined ? {} : { retries: number('--retries', flags.retries, true) }),
    ...(flags.priority === undefined ? {} : { priority: number('--priority', flags.priority, true) }),
    ...(flags.timeout === undefined ? {} : { timeoutSeconds: seconds(flags.timeout) }),
    ...(flags.output ? { outputs: [...flags.output] } : {}),
  };
}

function pairs(flag: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw wrong(flag, 'key=value', text);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function number(flag: string, text: string, whole: boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
    throw wrong(flag, whole ? 'a whole number from 0 on' : 'a number from 0 on', text);
  }
  return value;
}

function memory(text: string): number {
  const memoryMiB = parseMemoryMiB(text);
  if (memoryMiB === null) throw wrong('--memory', 'a size such as 8GiB or 512MB', text);
  return memoryMiB;
}

function seconds(text: string): number {
  const value = parseSeconds(text);
  if (value === null || value <= 0) throw wrong('--timeout', 'a time such as 90s, 10m or 2h', text);
  return value;
}

function wrong(flag: string, expected: string, got: string): Failure {
  return new Failure(exitCodes.badInput, `${flag}: expected ${expected}, got ${JSON.stringify(got)}`);
}
