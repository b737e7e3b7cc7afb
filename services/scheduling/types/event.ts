// What may happen to the scheduler?
import type { Failing } from '../../protocol/index.ts';
import type { Invite } from './invite.ts';
import type { Ending, NewJob } from './job.ts';
import type { Lease } from './lease.ts';
import type { Program, Rollout } from './rollout.ts';
import type { Worker } from './worker.ts';

export type Event =
  | { readonly type: 'start' }
  | { readonly type: 'tick' }
  /** Offers what is queued to who is free; to be run after any other event. */
  | { readonly type: 'dispatch' }
  | { readonly type: 'submit'; readonly jobs: readonly NewJob[] }
  | { readonly type: 'cancel'; readonly jobId: string }
  | { readonly type: 'create_worker'; readonly worker: Worker }
  /** Without `force` a worker that holds jobs is not removed; with it they are queued again. */
  | { readonly type: 'remove_worker'; readonly workerId: string; readonly force: boolean }
  | { readonly type: 'create_invite'; readonly invite: Invite }
  | { readonly type: 'revoke_invite'; readonly inviteId: string }
  /** A machine that holds the invite becomes this worker; its class and its name come from the invite. */
  | { readonly type: 'join'; readonly inviteId: string; readonly worker: Worker }
  | { readonly type: 'drain'; readonly workerId: string; readonly draining: boolean }
  | {
      readonly type: 'register';
      readonly workerId: string;
      readonly session: string;
      readonly facts: Pick<Worker, 'kind' | 'instance' | 'reportedLabels' | 'capacity' | 'isolation' | 'version'> & {
        readonly tokenHash?: string;
        readonly name?: string;
      };
      readonly claims: readonly Lease[];
    }
  | { readonly type: 'stream'; readonly workerId: string; readonly session: string; readonly open: boolean }
  | { readonly type: 'seen'; readonly workerId: string; readonly session: string }
  /** Also said in the name of an agent that has ended, so without a session. */
  | { readonly type: 'failing'; readonly workerId: string; readonly failing: Failing | null }
  | { readonly type: 'accept'; readonly workerId: string; readonly session: string; readonly lease: Lease }
  | {
      readonly type: 'refuse';
      readonly workerId: string;
      readonly session: string;
      readonly lease: Lease;
      readonly reason: string;
    }
  | {
      readonly type: 'heartbeat';
      readonly workerId: string;
      readonly session: string;
      readonly leases: readonly Lease[];
    }
  | {
      readonly type: 'report';
      readonly workerId: string;
      readonly session: string;
      readonly lease: Lease;
      readonly seq: number;
      readonly ended: Ending | null;
    }
  | { readonly type: 'program'; readonly workerId: string; readonly session: string; readonly program: Program }
  | { readonly type: 'start_update'; readonly rollout: Rollout }
  | { readonly type: 'abort_update' }
  | { readonly type: 'leave'; readonly workerId: string; readonly session: string };

/** The event of that type. */
export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;
