// What time is it for a lease? The clock goes on while the machine sleeps and never jumps.

export type Clock = {
  /** Milliseconds since the machine started, suspended time included. */
  nowMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
};

/** Waits on the event loop's timers; `readUptime` gives `/proc/uptime`, or null where there is none. */
export const createClock = (readUptime: () => string | null): Clock => ({
  nowMs() {
    const seconds = Number.parseFloat(readUptime() ?? '');
    return Number.isFinite(seconds) ? seconds * 1000 : performance.now();
  },
  wait(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    });
  },
});
