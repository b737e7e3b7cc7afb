// How much is `8GiB`, how long is `10m`? Human sizes and durations as numbers, and back.

const bytesPerUnit = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const;

const secondsPerUnit = { s: 1, m: 60, h: 3600 } as const;

/** Digits are bounded so that every value is exact. */
export const sizePattern = /^(\d{1,7}(?:\.\d{1,3})?)(MiB|GiB|TiB|MB|GB|TB)$/;
export const durationPattern = /^(\d{1,7})(s|m|h)$/;

/** `8GiB`, `512MB` → MiB, rounded down; null when the text is no size. */
export function parseMemoryMiB(text: string): number | null {
  const match = sizePattern.exec(text);
  if (match === null) return null;
  return Math.floor((Number(match[1]) * bytesPerUnit[match[2] as keyof typeof bytesPerUnit]) / bytesPerUnit.MiB);
}

/** `30s`, `10m`, `1h` → seconds; null when the text is no duration. */
export function parseSeconds(text: string): number | null {
  const match = durationPattern.exec(text);
  if (match === null) return null;
  return Number(match[1]) * secondsPerUnit[match[2] as keyof typeof secondsPerUnit];
}

/** MiB → `8 GiB`, `1.5 GiB` or `500 MiB`: at most one decimal. */
export function formatMemory(memoryMiB: number): string {
  return memoryMiB < 1024 ? `${memoryMiB} MiB` : `${Math.round((memoryMiB / 1024) * 10) / 10} GiB`;
}
