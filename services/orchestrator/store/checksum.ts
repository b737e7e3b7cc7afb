// How is a flipped bit in a row found? (reliability c1: quick_check misses nine of ten)
import { createHash } from 'node:crypto';

/** SHA-256 over the columns, the first 16 hex digits; a separator keeps two columns from trading a character. */
export const rowChecksum = (...columns: readonly (string | number | null)[]): string =>
  createHash('sha256').update(columns.join('\0')).digest('hex').slice(0, 16);

/** Link of a hash chain: SHA-256 (hex) over the previous link and this text. */
export const chainLink = (previous: string, text: string): string =>
  createHash('sha256').update(previous).update('\0').update(text).digest('hex');
