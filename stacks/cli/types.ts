// What is a verb of `muster`? One file per verb exports a Verb; cli/index.ts registers it.
import { Command, CommanderError } from 'commander';

export { Command, CommanderError };

export const exitCodes = {
  done: 0,
  failed: 1,
  badInput: 2,
  environment: 3,
  refused: 4,
  interrupted: 130,
} as const;

/** An end that is not a bug: printed as `muster: <message>` and `   → <remedy>`, without a stack. */
export class Failure extends Error {
  readonly exitCode: number;
  readonly remedy: string | undefined;
  constructor(exitCode: number, message: string, remedy?: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}

export type Io = {
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The clone's root: the folder that holds package.json. */
  readonly root: string;
  /** Where the user stands. */
  readonly cwd: string;
};

/** Adds its subcommand to `program`; the action returns the exit code. */
export type Verb = (program: Command, io: Io, exit: (code: number) => void) => void;
