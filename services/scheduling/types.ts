// What does the scheduler know, what may happen to it, and what does it answer? Plain values only.
import type { AttemptView, Capacity, Cause, Isolation, JobSpec, JobState, OutputFile } from '../protocol/index.ts';

/** Raised durably at each start (epoch) and each offer (counter); compared as a pair, epoch first. */
export type Fence = { readonly epoch: number; readonly counter: number };

/** `mono`: monotonic milliseconds for deadlines. `wall`: milliseconds since 1970 for people. `random`: 0 ≤ x < 1. */
export type Now = { readonly mono: number; readonly wall: number; readonly random: number };

export type Times = {
  readonly heartbeatMs: number;
  readonly ttlMs: number;
  /** The orchestrator waits ttl + grace before it calls a lease lost. */
  readonly graceMs: number;
  /** The agent stops a job at ttl − margin. */
  readonly marginMs: number;
  /** Life of an offer; nothing renews it. */
  readonly acceptMs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
};

export type Attempt = {
  readonly number: number;
  readonly workerId: string;
  readonly workerName: string;
  readonly session: string;
  readonly fence: Fence;
  readonly state: AttemptView['state'];
  readonly offeredAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly cause: Cause | null;
  readonly exitCode: number | null;
  readonly detail: string | null;
  readonly gpus: readonly number[];
  /** Highest `seq` of its reports. */
  readonly seq: number;
};

export type Job = {
  readonly id: string;
  /** Order of submission. */
  readonly number: number;
  readonly spec: JobSpec;
  readonly state: JobState;
  readonly cancelRequestedAt: number | null;
  readonly submittedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly exitCode: number | null;
  readonly cause: Cause | null;
  readonly detail: string | null;
  /** Wall time before which a queued job is not offered (back-off). */
  readonly notBefore: number;
  readonly retriesSpent: number;
  readonly workersLost: number;
  readonly interruptions: number;
  /** Workers whose agent died while it ran this job. */
  readonly killed: readonly string[];
  /** The worker that the next attempt had better not use. */
  readonly avoid: string | null;
  /** The last one is open while the state is offered or running. */
  readonly attempts: readonly Attempt[];
  readonly outputs: readonly OutputFile[];
  readonly idempotencyKey: string | null;
};

export type Worker = {
  readonly id: string;
  readonly name: string;
  readonly class: string | null;
  readonly kind: 'muster' | 'compatible';
  /** SHA-256 (hex) of its token. */
  readonly tokenHash: string;
  readonly instance: string | null;
  readonly adminLabels: Readonly<Record<string, string>>;
  readonly reportedLabels: Readonly<Record<string, string>>;
  readonly draining: boolean;
  readonly capacity: Capacity | null;
  readonly isolation: Isolation | null;
  readonly version: string | null;
  readonly createdAt: number;
};

/** What lives only as long as the process: who is connected, and which leases are renewed until when. */
export type Session = {
  readonly id: string;
  readonly streamOpen: boolean;
  /** It said goodbye or fell silent: the worker is offline; kept for its last sign of life. */
  readonly left: boolean;
  /** Monotonic time of the last request that its token opened. */
  readonly lastSeen: number;
  readonly lastSeenAt: number;
  /** A refused offer or an ignored one: no offer before this monotonic time. */
  readonly quietUntil: number;
  readonly refusals: number;
};

export type State = {
  readonly epoch: number;
  readonly counter: number;
  readonly nextJobNumber: number;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly workers: ReadonlyMap<string, Worker>;
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

export type NewJob = { readonly id: string; readonly spec: JobSpec; readonly idempotencyKey: string | null };

export type Lease = { readonly jobId: string; readonly fence: Fence };

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
  | { readonly type: 'leave'; readonly workerId: string; readonly session: string };

export type Ending = {
  readonly cause: Cause;
  readonly exitCode: number | null;
  readonly detail: string | null;
  readonly outputs: readonly OutputFile[];
};

/** A row to write, memory and store alike. Sessions, deadlines and the brake are memory only. */
export type Change =
  | { readonly table: 'meta'; readonly epoch: number; readonly counter: number; readonly nextJobNumber: number }
  | { readonly table: 'jobs'; readonly row: Job }
  | { readonly table: 'workers'; readonly id: string; readonly row: Worker | null }
  | { readonly table: 'audit'; readonly row: AuditEntry }
  | { readonly table: 'sessions'; readonly workerId: string; readonly row: Session | null }
  | { readonly table: 'deadlines'; readonly jobId: string; readonly at: number | null }
  | { readonly table: 'brake'; readonly row: Brake | null }
  | { readonly table: 'tick'; readonly at: number };

/** One per state change and per refused attempt; the store numbers and chains them. */
export type AuditEntry = {
  readonly action: string;
  /** A job or worker id. */
  readonly target: string;
  readonly outcome: 'done' | 'refused';
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
};

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
  | 'worker_busy';

export type Reply =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: Refusal; readonly message: string }
  | {
      readonly ok: true;
      readonly type: 'registered';
      readonly resume: readonly Lease[];
      readonly abandon: readonly Lease[];
    }
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
