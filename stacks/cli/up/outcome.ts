// What became of an `up`? What was started, what is waited for, what is sick and why.

/** A service that is not as it should be; the others go on without it. */
export type Trouble = {
  readonly service: string;
  /**
   * `left out`: this host cannot have it. `starting`: it may still become well. `lacking`: it runs, without something
   * that only the user has.
   */
  readonly state: 'sick' | 'left out' | 'starting' | 'lacking';
  readonly reason: string;
  /** The command or the change that helps. */
  readonly next: string;
};

export type Started = {
  readonly url: string;
  /** Names of what was started or restarted now; empty when all ran already. */
  readonly started: readonly string[];
  /** Names of what is gone, because cluster.yaml does not ask for it any more. */
  readonly stopped: readonly string[];
  /** Worker classes that should be there; null when this `up` was not about workers and their orchestrator. */
  readonly classes: readonly string[] | null;
  /** The services beside them that were started or ran already. */
  readonly services: readonly string[];
  readonly troubles: readonly Trouble[];
  /** Services that were asked for by their own name. */
  readonly named: ReadonlySet<string>;
};

/** Whether the command as a whole has failed: only what was asked for by name must not be sick. */
export function hasFailed(troubles: readonly Trouble[], named: ReadonlySet<string>): boolean {
  return troubles.some((trouble) => keepsDown(trouble) && named.has(trouble.service));
}

/** Whether the service does not run because of it. */
export function keepsDown({ state }: Trouble): boolean {
  return state === 'sick' || state === 'left out';
}
