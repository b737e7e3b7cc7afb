// How often was this tried? A sliding window per key, bounded in memory.

/** Counts a try; gives null, or the seconds to wait when there were more than `max` in the window. */
export type RateLimit = (key: string, mono: number) => number | null;

const rememberedKeys = 10_000;

export const createRateLimit = (max: number, windowMs: number): RateLimit => {
  const tries = new Map<string, number[]>();
  return (key, mono) => {
    const recent = (tries.get(key) ?? []).filter((at) => mono - at < windowMs);
    const oldest = recent[0];
    const isOver = recent.length >= max;
    if (!isOver) recent.push(mono);
    tries.delete(key);
    tries.set(key, recent);
    if (tries.size > rememberedKeys) tries.delete(tries.keys().next().value as string);
    return isOver && oldest !== undefined ? Math.ceil((windowMs - (mono - oldest)) / 1000) : null;
  };
};
