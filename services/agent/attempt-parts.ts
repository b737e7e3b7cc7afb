// What does an attempt need of the agent around it?
import type { Clock } from './core/clock.ts';
import type { Inherit } from './core/environment.ts';
import type { Log } from './core/log.ts';
import type { Executor } from './executors/types.ts';
import type { LogLimits } from './spool/log-file.ts';
import type { Client } from './wire/client.ts';

export type AttemptParts = {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly executor: Executor;
  readonly session: string;
  readonly jobsFolder: string;
  /** The agent's own; what a job gets of it is decided in core/environment.ts. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly inherit: Inherit;
  readonly passOn: readonly string[];
  readonly logLimits: LogLimits;
  /** How long a job may take to end after TERM. */
  readonly graceMs: number;
  /** Variables that make the GPUs with these numbers visible to a job, and no others. */
  gpuVariables(indexes: readonly number[]): Readonly<Record<string, string>>;
  /** Device files of these GPUs, below /dev. */
  gpuDevices(indexes: readonly number[]): readonly string[];
  worker(): string;
  /** A job said how far it is: worth a heartbeat. */
  progressed(): void;
};
