// How long does a daemon that died stay down? Longer each time, until it has run for a minute.

const firstMs = 250;
const longestMs = 30_000;
const steadyMs = 60_000;

/** How many times in a row it has died early, this end included, after a run of `ranMs`. */
export function failuresAfter(failures: number, ranMs: number): number {
  return ranMs >= steadyMs ? 1 : failures + 1;
}

/** Milliseconds to wait before the next start: 250 ms, doubled with every failure, 30 s at most. */
export function restartDelayMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
}
