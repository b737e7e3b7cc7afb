// What is to be done? A Command is a program with its arguments; `why` is the line that a plan prints.
export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  /** Where secrets travel: never in `args`. */
  readonly stdin?: string;
  /** The machine it runs on; absent: this one. */
  readonly on?: string;
  readonly why: string;
};

/** A local process that the supervisor keeps alive: one daemon of the embedded form. */
export type Child = {
  /** Unique among the children; names its log and its place in lists. */
  readonly name: string;
  /** Orchestrators start first and stop last. */
  readonly role: 'orchestrator' | 'worker';
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Its own variables; the few of the caller that every program needs (PATH, HOME …) are added at the start. */
  readonly environment: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL. */
  readonly stopSeconds: number;
};
