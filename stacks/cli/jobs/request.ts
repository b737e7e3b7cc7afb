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

type Wrong = (flag: string, expected: string, got: string) => undefined;

/** The job without its inputs. Throws one Failure with all that is wrong. */
export function jobRequest(flags: SubmitFlags, command: readonly string[]): JobRequest {
  if (command.length === 0) {
    throw new Failure(exitCodes.badInput, 'expected a command after --, got none', `${self} jobs submit -- uname -a`);
  }
  const problems: string[] = [];
  const wrong: Wrong = (flag, expected, got) => {
    problems.push(`${flag}: expected ${expected}, got ${JSON.stringify(got)}`);
    return undefined;
  };
  const request = {
    command: [...command],
    name: flags.name,
    labels: flags.label && pairs('--label', flags.label, wrong),
    environment: flags.env && pairs('--env', flags.env, wrong),
    gpus: flags.gpus === undefined ? undefined : number('--gpus', flags.gpus, true, wrong),
    cpus: flags.cpus === undefined ? undefined : number('--cpus', flags.cpus, false, wrong),
    memoryMiB: flags.memory === undefined ? undefined : memory(flags.memory, wrong),
    retries: flags.retries === undefined ? undefined : number('--retries', flags.retries, true, wrong),
    priority: flags.priority === undefined ? undefined : number('--priority', flags.priority, true, wrong),
    timeoutSeconds: flags.timeout === undefined ? undefined : seconds(flags.timeout, wrong),
    outputs: flags.output && [...flags.output],
  };
  if (problems.length > 0) throw new Failure(exitCodes.badInput, problems.join('\n        '));
  return Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as unknown as JobRequest;
}

function pairs(flag: string, texts: readonly string[], wrong: Wrong): Record<string, string> {
  return Object.fromEntries(
    texts.flatMap((text) => {
      const at = text.indexOf('=');
      if (at < 1) wrong(flag, 'key=value', text);
      return at < 1 ? [] : [[text.slice(0, at), text.slice(at + 1)]];
    }),
  );
}

function number(flag: string, text: string, whole: boolean, wrong: Wrong): number | undefined {
  const value = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && (!whole || Number.isSafeInteger(value))) return value;
  return wrong(flag, whole ? 'a whole number from 0 on' : 'a number from 0 on', text);
}

function memory(text: string, wrong: Wrong): number | undefined {
  return parseMemoryMiB(text) ?? wrong('--memory', 'a size such as 8GiB or 512MB', text);
}

function seconds(text: string, wrong: Wrong): number | undefined {
  return parseSeconds(text) || wrong('--timeout', 'a time such as 90s, 10m or 2h', text);
}
