// What does the agent do when it is to become another program? It loads it, checks it, and hands the rest to others.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRelease, readRelease } from '../../../stacks/drivers/release.ts';
import { agentPaths } from '../../protocol/agent-paths.ts';
import type { ProgramReport, UpdateWish } from '../../protocol/index.ts';
import type { Clock } from '../core/clock.ts';
import { type Log, reasonOf } from '../core/log.ts';
import type { Client } from '../wire/client.ts';
import { downloadProgram } from './download.ts';
import { readOrNull } from './files.ts';
import { handOver } from './hand-over.ts';
import { type Failure, readFailure } from './note.ts';
import { downloadFile, findPlace, keyFileOf, type Place, releaseOf } from './place.ts';

export type WishParts = {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly session: string;
  readonly state: string;
  /** As in `linux-x64`. */
  readonly platform: string;
  /** The program that runs. */
  readonly program: string;
  /** How many jobs it has, results on their way included. */
  readonly jobs: () => number;
};

const lookEveryMs = 500;
/** Beyond the deadline of the new one, for whoever renews it. */
const helperMs = 90_000;

/** An answer that was on its way takes no longer. */
const oldMs = 5000;

/** 0: nobody waits for an answer to what is no release. */
const numberIn = (text: string): number => {
  try {
    return parseRelease(text).number;
  } catch {
    return 0;
  }
};

export class Wishes {
  readonly #parts: WishParts;
  readonly #stopped = new AbortController();
  #failed: Failure | null = null;
  #isBusy = false;
  /** When the orchestrator has heard what runs here. */
  #heardMs: number | null = null;

  constructor(parts: WishParts) {
    this.#parts = parts;
  }

  /** Says what runs here, after each register and after each failure. */
  report = (): void => {
    const { client, platform, program, session } = this.#parts;
    const place = findPlace(program);
    const refused = 'refused' in place ? place.refused : null;
    const body: ProgramReport = { session, platform, release: releaseOf(program), refused, failed: this.#failure() };
    this.#heardMs = null;
    void client
      .insist('POST', agentPaths.program, () => body, this.#stopped.signal)
      .then(() => {
        this.#heardMs = this.#parts.clock.nowMs();
      });
  };

  /** Told with every heartbeat until it has happened. */
  take = (wish: UpdateWish): void => {
    // Nothing is offered to it meanwhile; what it still has comes to its end first.
    if (this.#isBusy || this.#parts.jobs() > 0 || this.#isOld(wish)) return;
    this.#isBusy = true;
    void this.#become(wish)
      .catch((error: unknown) => this.#fail(wish, reasonOf(error)))
      .finally(() => {
        this.#isBusy = false;
      });
  };

  #failure(): Failure | null {
    const place = findPlace(this.#parts.program);
    return this.#failed ?? ('refused' in place ? null : readFailure(place.home, place.service));
  }

  /** Said before the orchestrator heard that just this has failed here. */
  #isOld({ text }: UpdateWish): boolean {
    if (this.#failure()?.number !== numberIn(text)) return false;
    return this.#heardMs === null || this.#parts.clock.nowMs() - this.#heardMs < oldMs;
  }

  stop(): void {
    this.#stopped.abort();
  }

  #fail({ text }: UpdateWish, why: string): void {
    if (this.#stopped.signal.aborted) return;
    this.#parts.log.warn('not updated', { reason: why });
    this.#failed = { number: numberIn(text), why: why.slice(0, 500) };
    this.report();
  }

  async #become(wish: UpdateWish): Promise<void> {
    const { client, log, platform, program, state } = this.#parts;
    const place = findPlace(program);
    if ('refused' in place) throw new Error(place.refused);
    const release = readRelease(wish, readOrNull(keyFileOf(place.home)) ?? '');
    const wanted = release.programs[platform];
    if (!wanted) throw new Error(`the release has no program for ${platform}`);
    if (wanted.sha256.startsWith(place.release)) return this.report();
    log.info('updating', { version: release.version, number: release.number });
    const file = join(state, downloadFile);
    try {
      await downloadProgram(client, wanted, file, this.#stopped.signal);
      this.#failed = null;
      await handOver(place, state, { wish, before: place.release });
      await this.#outcome(place, release.number, wish.deadlineSeconds * 1000);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Whoever becomes the new one is stopped before this ends. */
  async #outcome({ home, service }: Place, number: number, deadlineMs: number): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.nowMs() + deadlineMs + helperMs;
    while (!this.#stopped.signal.aborted && clock.nowMs() < until) {
      await clock.wait(lookEveryMs, this.#stopped.signal);
      const failure = readFailure(home, service);
      if (failure?.number === number) throw new Error(failure.why);
    }
    if (!this.#stopped.signal.aborted) throw new Error('nobody renewed it in time');
  }
}
