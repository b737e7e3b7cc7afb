// How does the agent stay known to the orchestrator? Register, read the stream, and again from the start when it breaks.

import { agentPaths } from '../protocol/agent-paths.ts';
import type {
  Capacity,
  HeartbeatAnswer,
  Isolation,
  LeaseName,
  Offer,
  Register,
  Registered,
} from '../protocol/index.ts';
import type { Attempts } from './attempts.ts';
import { retryDelayMs } from './core/backoff.ts';
import type { Clock } from './core/clock.ts';
import type { LeaseTable } from './core/leases.ts';
import { type Log, reasonOf } from './core/log.ts';
import type { Hardware } from './hardware/index.ts';
import { type Heartbeats, startHeartbeats } from './heartbeat.ts';
import type { Credentials } from './identity.ts';
import { InviteRefused } from './invite.ts';
import type { Wishes } from './update/wishes.ts';
import { type Answer, type Client, isDone } from './wire/client.ts';
import { readStream } from './wire/stream.ts';

export type SessionParts = {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly session: string;
  readonly credentials: Credentials;
  readonly attempts: Attempts;
  readonly leases: LeaseTable;
  readonly hardware: Hardware;
  readonly isolation: Isolation;
  /** The stream opened, or broke. */
  linked(isOpen: boolean): void;
  readonly wishes: Pick<Wishes, 'report' | 'take'>;
  /** What register says beside claims and session. */
  readonly self: Pick<Register, 'name' | 'class' | 'instance' | 'labels' | 'version' | 'arch'> & { capacity: Capacity };
};

/** A stream that held so long was a good one: the next failure is the first again. */
const goodStreamMs = 5000;
/** A refused secret or a refused register will not be accepted a second later. */
const refusedBaseMs = 1000;
/** Whoever stops has little time to get rid of its results. */
const hurriedMs = 1000;

export class Session {
  /** The name that the orchestrator knows. */
  worker: string;
  draining = false;
  /** When the stream was last open, on the agent's clock; null before the first time. */
  streamSeenMs: number | null = null;
  streamOpen = false;
  #heartbeatMs = 30_000;
  #heartbeats: Heartbeats | null = null;
  #stream = new AbortController();
  #longestWaitMs = Number.POSITIVE_INFINITY;
  #hurry = new AbortController();
  readonly #stopped = new AbortController();
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.worker = parts.self.name ?? '';
  }

  /** Registered, and the stream open or lost for less than two minutes. */
  get well(): boolean {
    return this.streamSeenMs !== null && (this.streamOpen || this.#parts.clock.nowMs() - this.streamSeenMs < 120_000);
  }

  /** Runs until `stop`. Rejects with InviteRefused when no repetition can open the door. */
  async run(): Promise<void> {
    const { clock, random, log } = this.#parts;
    for (let failures = 0, retryMs: number | null = null; !this.#stopped.signal.aborted; ) {
      if (failures > 0) await this.#wait(retryMs ?? retryDelayMs(failures, random));
      if (!(await this.#register())) return;
      const sinceMs = clock.nowMs();
      this.#stream = new AbortController();
      const signal = AbortSignal.any([this.#stream.signal, this.#stopped.signal]);
      const path = `${agentPaths.stream}?session=${this.#parts.session}`;
      const end = await readStream(this.#parts.client, path, { opened: this.#opened, event: this.#event }, signal);
      if (end.opened) this.streamSeenMs = clock.nowMs();
      this.streamOpen = false;
      this.#parts.linked(false);
      if (this.#stopped.signal.aborted) return;
      log.warn('stream ended, connecting again', { reason: end.reason });
      failures = end.opened && clock.nowMs() - sinceMs >= goodStreamMs ? 1 : failures + 1;
      retryMs = end.retryMs;
    }
  }

  /** Registers again now; claims keep what runs. */
  lost = (): void => this.#stream.abort(new Error('the orchestrator asked to register again'));

  /** From now on no wait between two tries is long, and the one under way ends. */
  hurry(): void {
    this.#longestWaitMs = hurriedMs;
    this.#hurry.abort();
    this.#hurry = new AbortController();
  }

  async #wait(ms: number): Promise<void> {
    const cut = AbortSignal.any([this.#stopped.signal, this.#hurry.signal]);
    await this.#parts.clock.wait(Math.min(ms, this.#longestWaitMs), cut);
  }

  /** A heartbeat soon: a job said something new. */
  progressed = (): void => this.#heartbeats?.soon();

  /** Says goodbye, if the orchestrator can be reached within a second. */
  async leave(): Promise<void> {
    this.#heartbeats?.stop();
    this.#stopped.abort();
    if (this.streamSeenMs === null) return;
    const { client, session } = this.#parts;
    await client.call('POST', agentPaths.leave, { session }, AbortSignal.timeout(1000)).catch(() => null);
  }

  /** True when registered, false when stopped before. */
  async #register(): Promise<boolean> {
    const { client, clock, random, log, attempts, session, isolation, self } = this.#parts;
    let said = '';
    for (let failures = 0; !this.#stopped.signal.aborted; failures++) {
      const sentAtMs = clock.nowMs();
      const body: Register = { session, ...self, isolation, claims: attempts.claims() };
      const limit = AbortSignal.any([AbortSignal.timeout(10_000), this.#stopped.signal]);
      let waitMs = retryDelayMs(failures, random);
      let trouble: string;
      try {
        await this.#parts.credentials.ready();
        const answer = await client.call('POST', agentPaths.register, body, limit);
        if (isDone(answer)) {
          await this.#registered(answer.value as Registered, sentAtMs);
          return true;
        }
        if (answer.status === 401 && (await this.#parts.credentials.refused())) continue;
        trouble = refusal(answer);
        if (answer.status < 500) waitMs = refusedBaseMs / 2 + retryDelayMs(failures, random, refusedBaseMs);
        waitMs = Math.max(waitMs, answer.retryAfterMs ?? 0);
      } catch (error) {
        if (error instanceof InviteRefused) throw error;
        trouble = reasonOf(error);
      }
      if (this.#stopped.signal.aborted) break;
      // Once for each kind of trouble: an orchestrator that is away for a night fills no disk.
      log[trouble === said ? 'debug' : 'warn']('cannot register, trying again', { reason: trouble });
      said = trouble;
      await this.#wait(waitMs);
    }
    return false;
  }

  async #registered(answer: Registered, sentAtMs: number): Promise<void> {
    const { attempts, client, credentials, leases, log } = this.#parts;
    if (answer.token !== null) await credentials.exchanged(answer.token);
    this.worker = answer.name;
    this.draining = answer.draining;
    this.#heartbeatMs = answer.heartbeatMs;
    leases.setTimes({ ttlMs: answer.ttlMs, marginMs: answer.marginMs });
    attempts.renew(answer.resume, sentAtMs);
    attempts.abandon(answer.abandon);
    client.resume();
    this.#parts.wishes.report();
    log.info('registered', { worker: answer.name, workerId: answer.workerId, resumed: answer.resume.length });
  }

  #opened = (): void => {
    const { client, clock, random, log, session, attempts, hardware } = this.#parts;
    this.streamOpen = true;
    this.streamSeenMs = clock.nowMs();
    this.#parts.linked(true);
    this.#heartbeats ??= startHeartbeats({
      ...{ client, clock, random, log, session, attempts },
      load: hardware.meter(),
      everyMs: () => this.#heartbeatMs,
      answered: this.#answered,
      sessionLost: this.lost,
    });
    void this.#listOffers();
  };

  #answered = (answer: HeartbeatAnswer): void => {
    const { leases } = this.#parts;
    this.draining = answer.draining;
    leases.setTimes({ ...leases.times, ttlMs: answer.ttlMs });
    if (answer.update) this.#parts.wishes.take(answer.update);
  };

  #event = (name: string, value: unknown): void => {
    const { attempts } = this.#parts;
    if (name === 'offer') void attempts.take(value as Offer);
    else if (name === 'cancel') attempts.cancel([value as LeaseName]);
    else if (name === 'update') this.#heartbeats?.soon();
    else if (name === 'drain') this.draining = (value as { draining: boolean }).draining;
  };

  /** What was offered while no stream was open. */
  async #listOffers(): Promise<void> {
    const { client, attempts, session } = this.#parts;
    const answer = await client.call('GET', `${agentPaths.offers}?session=${session}`).catch(() => null);
    const offers = (answer?.value as { offers?: Offer[] } | null | undefined)?.offers ?? [];
    for (const offer of offers) void attempts.take(offer);
  }
}

const refusal = (answer: Answer): string => {
  if (answer.status === 401) return 'the orchestrator does not know this token or class secret (401)';
  const message = (answer.value as { error?: { message?: unknown } } | null)?.error?.message;
  return `status ${answer.status}${typeof message === 'string' ? `: ${message}` : ''}`;
};
