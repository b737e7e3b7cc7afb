// Which leases does this agent hold, and until when may their jobs run? (reliability b4, I6)
import type { LeaseName } from '../../protocol/index.ts';

export type LeaseTimes = { readonly ttlMs: number; readonly marginMs: number };

/** Names one attempt everywhere: folder, cgroup, marker in the environment. */
export const markerOf = ({ job, fence }: LeaseName): string => `${job}.${fence}`;

/** Job ids become folder names, so only plain ones are taken from the wire. */
export const isPlainLease = ({ job, fence }: LeaseName): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(job) && /^[0-9]{1,15}\.[0-9]{1,15}$/.test(fence);

/** Times of renewal by lease. All times are milliseconds of one monotonic clock. */
export class LeaseTable {
  #times: LeaseTimes;
  readonly #renewedAtMs = new Map<string, number>();

  constructor(times: LeaseTimes) {
    this.#times = times;
  }

  get times(): LeaseTimes {
    return this.#times;
  }

  setTimes(times: LeaseTimes): void {
    this.#times = times;
  }

  /** `sentAtMs` is when the accepted request was sent, not when its answer came. Never moves a deadline back. */
  renew(marker: string, sentAtMs: number): void {
    this.#renewedAtMs.set(marker, Math.max(sentAtMs, this.#renewedAtMs.get(marker) ?? 0));
  }

  forget(marker: string): void {
    this.#renewedAtMs.delete(marker);
  }

  /** The markers whose jobs must stop now: `ttl − margin` has passed since their last accepted heartbeat was sent. */
  overdue(nowMs: number): readonly string[] {
    const lifeMs = this.#times.ttlMs - this.#times.marginMs;
    return [...this.#renewedAtMs].filter(([, renewedAtMs]) => nowMs >= renewedAtMs + lifeMs).map(([marker]) => marker);
  }

  /** Milliseconds until the next lease is overdue; null without leases. */
  nextDeadlineMs(nowMs: number): number | null {
    if (this.#renewedAtMs.size === 0) return null;
    const oldestMs = Math.min(...this.#renewedAtMs.values());
    return Math.max(0, oldestMs + this.#times.ttlMs - this.#times.marginMs - nowMs);
  }
}
