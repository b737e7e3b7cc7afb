// What does the scheduler answer: rows, things to send, a reply?
import type { Change } from './change.ts';
import type { Fence, Lease } from './lease.ts';
import type { Worker } from './worker.ts';

/** To be sent after the changes are durable. */
export type Effect =
  | {
      readonly type: 'offer';
      readonly workerId: string;
      readonly session: string;
      readonly jobId: string;
      readonly fence: Fence;
      readonly gpus: readonly number[];
    }
  | {
      readonly type: 'cancel';
      readonly workerId: string;
      readonly session: string;
      readonly jobId: string;
      readonly fence: Fence;
    }
  | { readonly type: 'drain'; readonly workerId: string; readonly session: string; readonly draining: boolean }
  /** Its agent is to be renewed: the next heartbeat says how. */
  | { readonly type: 'update'; readonly workerId: string; readonly session: string }
  /** Reset the worker's stream: its session is over. */
  | { readonly type: 'cut'; readonly workerId: string; readonly session: string }
  | { readonly type: 'ended'; readonly jobId: string }
  | { readonly type: 'alert'; readonly message: string };

export type Refusal =
  | 'unknown_job'
  | 'unknown_worker'
  | 'stale_session'
  | 'stale_lease'
  | 'already_ended'
  | 'worker_busy'
  | 'queue_full'
  | 'update_running'
  | 'unknown_invite'
  | 'invite_used'
  | 'invite_expired'
  | 'invite_revoked';

export type Reply =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: Refusal; readonly message: string }
  | {
      readonly ok: true;
      readonly type: 'registered';
      readonly resume: readonly Lease[];
      readonly abandon: readonly Lease[];
    }
  | { readonly ok: true; readonly type: 'joined'; readonly worker: Worker }
  | {
      readonly ok: true;
      readonly type: 'renewed';
      readonly renewed: readonly Lease[];
      readonly abandon: readonly Lease[];
      readonly cancel: readonly Lease[];
    };

export type Decision = {
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
  readonly reply: Reply;
};
