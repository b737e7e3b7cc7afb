// What does the scheduler know of a worker, durably and while it is connected?
import type { Capacity, Failing, Isolation } from '../../protocol/index.ts';
import type { Program } from './rollout.ts';

export type Worker = {
  readonly id: string;
  readonly name: string;
  readonly class: string | null;
  readonly kind: 'muster' | 'compatible';
  /** SHA-256 (hex) of its token. */
  readonly tokenHash: string;
  /** The invite that it joined with; absent otherwise. Its record is that machine's, no other of its class takes it over. */
  readonly inviteId?: string;
  readonly instance: string | null;
  readonly adminLabels: Readonly<Record<string, string>>;
  readonly reportedLabels: Readonly<Record<string, string>>;
  readonly draining: boolean;
  readonly capacity: Capacity | null;
  readonly isolation: Isolation | null;
  readonly version: string | null;
  /** Absent: its agent cannot say, or has not yet. */
  readonly program?: Program;
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
  /** Its agent ended badly again and again, by its own count; it says so anew when it connects. */
  readonly failing: Failing | null;
};
