// What does a verb of `muster cloud` get, and what does it give for each cloud?
import type { CloudStack } from '../../drivers/pulumi.ts';
import type { CloudChange } from '../../index.ts';
import type { Failure, Io } from '../types.ts';
import type { Backend } from './backend.ts';
import type { Shown } from './outputs-text.ts';

export type CloudOptions = { readonly stack?: string; readonly yes?: true; readonly json?: true };

/** Where nothing was ever made, `engine` is null. */
export type Work<Engine = CloudStack> = {
  readonly io: Io;
  readonly cloud: string;
  readonly stack: string;
  readonly engine: Engine;
  readonly backend: Backend;
  readonly options: CloudOptions;
  readonly print: (line: string) => void;
  readonly say: (verb: string, what: string) => void;
};

export type CloudOutcome = {
  readonly end: 'done' | 'failed' | 'refused';
  readonly plan: readonly CloudChange[];
  readonly done: readonly CloudChange[];
  readonly unchanged: number;
  readonly seconds: number;
  /** Secrets masked; null: not asked for. */
  readonly outputs: Shown | null;
  /** To be told where `end` is `failed`. */
  readonly failure: Failure | null;
};

export const nothingDone: CloudOutcome = {
  ...{ end: 'done', plan: [], done: [], unchanged: 0, seconds: 0, outputs: null, failure: null },
};
