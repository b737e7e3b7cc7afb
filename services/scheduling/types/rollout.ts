// What does the scheduler know of the one update of agents that was asked for last?
import type { MemberState, Release, UpdatePhase } from '../../protocol/index.ts';

/** What a worker's agent said of its own program. */
export type Program = {
  /** Such as linux-x64. */
  readonly platform: string;
  /** First 12 digits of its SHA-256; null: it runs from no folder of releases. */
  readonly release: string | null;
  /** Why it cannot be updated; null: it can. */
  readonly refused: string | null;
  /** The last update that did not come to its end. */
  readonly failed: { readonly number: number; readonly why: string } | null;
};

export type Member = {
  readonly workerId: string;
  readonly name: string;
  readonly class: string | null;
  readonly state: MemberState;
  /** Monotonic times; they begin anew with the orchestrator. When the state began, */
  readonly since: number;
  /** since when its agent has not been connected; null: it is, or nobody asks, */
  readonly awaySince: number | null;
  /** and when it was told. */
  readonly toldAt: number;
  /** Why it failed or is left out. */
  readonly why: string | null;
};

export type Rollout = {
  readonly id: string;
  readonly text: string;
  readonly signature: string;
  readonly release: Release;
  readonly createdAt: number;
  readonly deadlineMs: number;
  readonly provingMs: number;
  /** Id of the worker that must come first; null: the first of each class. */
  readonly canary: string | null;
  readonly phase: UpdatePhase;
  readonly why: string | null;
  readonly members: readonly Member[];
};
