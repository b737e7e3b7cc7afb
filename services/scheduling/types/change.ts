// Which rows does a decision write?
import type { Invite } from './invite.ts';
import type { Job } from './job.ts';
import type { Rollout } from './rollout.ts';
import type { Brake } from './state.ts';
import type { Session, Worker } from './worker.ts';

/** A row to write, memory and store alike. Sessions, deadlines and the brake are memory only. */
export type Change =
  | { readonly table: 'meta'; readonly epoch: number; readonly counter: number; readonly nextJobNumber: number }
  | { readonly table: 'jobs'; readonly row: Job }
  /** Ended jobs that leave the memory and the store. */
  | { readonly table: 'forgotten_jobs'; readonly ids: readonly string[] }
  | { readonly table: 'workers'; readonly id: string; readonly row: Worker | null }
  | { readonly table: 'invites'; readonly id: string; readonly row: Invite | null }
  | { readonly table: 'rollout'; readonly row: Rollout }
  | { readonly table: 'audit'; readonly row: AuditEntry }
  | { readonly table: 'sessions'; readonly workerId: string; readonly row: Session | null }
  | { readonly table: 'deadlines'; readonly jobId: string; readonly at: number | null }
  | { readonly table: 'brake'; readonly row: Brake | null }
  | { readonly table: 'tick'; readonly at: number };

/** One per state change and per refused attempt; the store numbers and chains them. */
export type AuditEntry = {
  readonly action: string;
  /** A job, worker or invite id. */
  readonly target: string;
  readonly outcome: 'done' | 'refused';
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
};
