// What does the scheduler know in all?
import type { Invite } from './invite.ts';
import type { Job } from './job.ts';
import type { Rollout } from './rollout.ts';
import type { Session, Worker } from './worker.ts';

export type State = {
  readonly epoch: number;
  readonly counter: number;
  readonly nextJobNumber: number;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly workers: ReadonlyMap<string, Worker>;
  readonly invites: ReadonlyMap<string, Invite>;
  /** The update of agents that was asked for last. */
  readonly rollout: Rollout | null;
  readonly sessions: ReadonlyMap<string, Session>;
  /** By job id: the offer dies, or the lease is lost, at this monotonic time. */
  readonly deadlines: ReadonlyMap<string, number>;
  /** Ids of queued jobs, by priority (highest first) and then by number. */
  readonly queue: readonly string[];
  /** By worker id: ids of the jobs it has now. */
  readonly held: ReadonlyMap<string, ReadonlySet<string>>;
  readonly brake: Brake | null;
  readonly lastTick: number | null;
};

/** Expiry is paused: too many workers fell silent at once, or our own clock stood still. */
export type Brake = { readonly since: number; readonly until: number; readonly reason: string };
