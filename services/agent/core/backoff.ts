// How long does the agent wait before it tries again?

/** Full jitter (reliability b1.8): anything from 0 to `min(capMs, baseMs · 2^failures)`, in milliseconds. */
export const retryDelayMs = (failures: number, random: () => number, baseMs = 250, capMs = 30_000): number =>
  random() * Math.min(capMs, baseMs * 2 ** Math.min(failures, 30));

/** A period spread by ±20 %, so that a fleet that started together does not beat together. */
export const jitteredMs = (periodMs: number, random: () => number): number => periodMs * (0.8 + 0.4 * random());
