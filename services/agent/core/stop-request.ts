// Was the job told to stop, and why? The first cause counts; later ones can only shorten the grace.
import type { Cause } from '../../protocol/index.ts';

export type StopReason = { readonly cause: Cause; readonly detail: string | null };

export class StopRequest {
  readonly #controller = new AbortController();
  #reason: StopReason | null = null;
  #graceMs = Number.POSITIVE_INFINITY;
  #closed = false;
  #obey: ((graceMs: number) => void) | null = null;

  get reason(): StopReason | null {
    return this.#reason;
  }

  /** Aborts at the first request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  ask(reason: StopReason, graceMs: number): void {
    if (this.#closed) return;
    this.#reason ??= reason;
    this.#graceMs = Math.min(this.#graceMs, graceMs);
    this.#controller.abort();
    this.#obey?.(this.#graceMs);
  }

  /** `obey` gets each request from now on, and at once the one that came before. */
  whenAsked(obey: (graceMs: number) => void): void {
    this.#obey = obey;
    if (this.#reason !== null) obey(this.#graceMs);
  }

  /** The job ended: what is asked from now on no longer explains its end. */
  close(): void {
    this.#closed = true;
    this.#obey = null;
  }
}
