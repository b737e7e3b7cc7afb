// Which attempts does this agent have, and what do offers, heartbeats and deadlines do to them?

import { agentPaths } from '../protocol/agent-paths.ts';
import type { LeaseName, Offer } from '../protocol/index.ts';
import { Attempt } from './attempt.ts';
import type { AttemptParts } from './attempt-parts.ts';
import { isPlainLease, type LeaseTable, markerOf } from './core/leases.ts';
import { reasonOf } from './core/log.ts';
import type { StopReason } from './core/stop-request.ts';
import { findLeftovers } from './spool/attempt-folder.ts';
import { roomObjection } from './spool/room.ts';
import { isDone } from './wire/client.ts';

const stopping: StopReason = { cause: 'drained', detail: 'the agent was told to stop' };
const partitioned: StopReason = { cause: 'fenced', detail: 'no heartbeat was accepted in time' };
const cancelled: StopReason = { cause: 'cancelled', detail: null };

export class Attempts {
  readonly #parts: AttemptParts;
  readonly #leases: LeaseTable;
  readonly #all = new Map<string, Attempt>();
  /** Accepted, or left by an earlier agent: named in heartbeats. */
  readonly #held = new Set<string>();
  #refusing = false;
  #changed: () => void = () => {};
  #deadline: NodeJS.Timeout | undefined;

  constructor(parts: AttemptParts, leases: LeaseTable) {
    this.#parts = parts;
    this.#leases = leases;
  }

  /** Jobs with a process now. */
  get running(): number {
    return [...this.#all.values()].filter((attempt) => attempt.executing).length;
  }

  get count(): number {
    return this.#all.size;
  }

  /** For register: also what is being accepted, since its answer may be what was lost. */
  claims(): LeaseName[] {
    return [...this.#all.values()].map((attempt) => attempt.lease);
  }

  /** For heartbeats. */
  held(): (LeaseName & { progress?: unknown })[] {
    return [...this.#all.values()]
      .filter((attempt) => this.#held.has(attempt.marker))
      .map(({ lease, progress }) => ({ ...lease, ...(progress === undefined ? {} : { progress }) }));
  }

  /** Ends what an earlier agent left running and goes on delivering its results. Call it before the first register. */
  async reconcile(): Promise<void> {
    for (const leftover of await findLeftovers(this.#parts.jobsFolder)) {
      await this.#parts.executor.clean(markerOf(leftover.record), leftover.record.cgroup);
      const attempt = new Attempt(this.#parts, leftover.record);
      this.#held.add(attempt.marker);
      void this.#keep(attempt, () => attempt.resume(leftover));
    }
  }

  /** Takes an offer, or says why not. Nothing starts before the accept was answered with success (I5). */
  async take(offer: Offer): Promise<void> {
    const { client, clock, session, log, jobsFolder } = this.#parts;
    if (!isPlainLease(offer)) return log.warn('an offer with an odd name was ignored');
    if (this.#all.has(markerOf(offer))) return;
    const attempt = new Attempt(this.#parts, offer);
    await this.#keep(attempt, async () => {
      const reason = this.#refusing ? 'the agent is stopping' : await roomObjection(offer, jobsFolder);
      if (reason !== null) {
        log.info('offer refused', { ...attempt.lease, reason });
        await client.call('POST', agentPaths.refuse, { session, ...attempt.lease, reason }).catch(() => null);
        return;
      }
      let sentAtMs = 0;
      const body = () => {
        sentAtMs = clock.nowMs();
        return { session, ...attempt.lease };
      };
      const answer = await client.insist('POST', agentPaths.accept, body, attempt.gone);
      if (answer === null || !isDone(answer))
        return log.info('offer dropped', { ...attempt.lease, status: answer?.status });
      log.info('job started', attempt.lease);
      this.#held.add(attempt.marker);
      this.#leases.renew(attempt.marker, sentAtMs);
      const running = attempt.run(offer);
      this.#watchDeadline();
      await running;
    });
  }

  /** `sentAtMs`: when the request was sent whose answer renews these leases. */
  renew(leases: readonly LeaseName[], sentAtMs: number): void {
    for (const marker of leases.map(markerOf)) {
      if (this.#all.get(marker)?.executing) this.#leases.renew(marker, sentAtMs);
    }
    this.#watchDeadline();
  }

  abandon(leases: readonly LeaseName[]): void {
    for (const lease of leases) this.#all.get(markerOf(lease))?.drop(this.#parts.graceMs);
  }

  cancel(leases: readonly LeaseName[]): void {
    for (const lease of leases) this.#all.get(markerOf(lease))?.stop(cancelled, this.#parts.graceMs);
  }

  /** Stops what no longer may run (I6). Cheap; runs before anything is sent and at each deadline. */
  fenceOverdue(): void {
    const { marginMs } = this.#leases.times;
    for (const marker of this.#leases.overdue(this.#parts.clock.nowMs())) {
      this.#leases.forget(marker);
      const attempt = this.#all.get(marker);
      if (!attempt?.executing) continue;
      this.#parts.log.warn('job fenced: no heartbeat was accepted in time', attempt.lease);
      attempt.stop(partitioned, Math.max(0, Math.min(this.#parts.graceMs, marginMs - 2000)));
    }
  }

  #watchDeadline(): void {
    clearTimeout(this.#deadline);
    const leftMs = this.#leases.nextDeadlineMs(this.#parts.clock.nowMs());
    if (leftMs === null) return;
    // At least every five seconds: a timer stands still while the machine sleeps, the lease does not.
    this.#deadline = setTimeout(
      () => {
        this.fenceOverdue();
        this.#watchDeadline();
      },
      Math.min(leftMs + 1, 5000),
    );
  }

  refuseOffers(): void {
    this.#refusing = true;
  }

  stopAll(graceMs: number): void {
    for (const attempt of this.#all.values()) attempt.stop(stopping, graceMs);
  }

  /** Resolves when no attempt is left, results included. */
  async whenNone(): Promise<void> {
    while (this.#all.size > 0) await new Promise<void>((done) => (this.#changed = done));
  }

  async #keep(attempt: Attempt, work: () => Promise<void>): Promise<void> {
    this.#all.set(attempt.marker, attempt);
    try {
      await work();
    } catch (error) {
      this.#parts.log.error('an attempt failed unexpectedly', { ...attempt.lease, reason: reasonOf(error) });
    } finally {
      this.#all.delete(attempt.marker);
      this.#held.delete(attempt.marker);
      this.#leases.forget(attempt.marker);
      this.#watchDeadline();
      this.#changed();
    }
  }
}
