// What time is it, and who wakes me later? The clock as a parameter, so that tests can own it.

export type Clock = {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Calls `work` once, `delayMs` from now; the answer calls it off. */
  after(delayMs: number, work: () => void): () => void;
};

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
};
