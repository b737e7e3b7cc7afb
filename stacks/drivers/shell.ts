// How is a Command run on this machine? With its arguments as they are; no shell reads them.
import { createInterface } from 'node:readline';
import type { Command } from '../plans/types.ts';

export type Outcome = {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams as they came, for the last lines of a failure. */
  readonly output: string;
};

export type Surroundings = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told each line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
};

/** Runs it to its end; never throws for an exit code. A program that is not installed is exit code 127. */
export async function runCommand(command: Command, { cwd, env, onLine }: Surroundings): Promise<Outcome> {
  const { $ } = await import('zx/core');
  // With a socket as its stdin bash believes that a remote login called it, and reads ~/.bashrc, unless it is nested.
  const nested = { ...defined(env), SHLVL: '2' };
  const started = $({ cwd, env: nested, input: command.stdin ?? '', quiet: true, nothrow: true })`${[
    command.program,
    ...command.args,
  ]}`;
  if (onLine) {
    for (const stream of [started.stdout, started.stderr]) {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
    }
  }
  const { exitCode, stdout, stdall } = await started;
  return { exitCode: exitCode ?? 1, stdout, output: stdall };
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
