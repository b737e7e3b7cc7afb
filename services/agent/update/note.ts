// What is known of an update that is under way or failed? Lines of a word and its value, which sh reads too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failedFile } from './place.ts';

export type Note = {
  /** Who renews: a name of its own, its process and the boot that it belongs to. */
  readonly helper: string;
  readonly pid: number;
  readonly boot: string;
  /** Whose agent. */
  readonly service: string;
  readonly number: number;
  /** What `bin/muster-agent` links to, before and then. */
  readonly before: string;
  readonly after: string;
  /** How its unit is told: `system`, `user`, or `none` without one. */
  readonly manager: 'system' | 'user' | 'none';
};

export const formatNote = (note: Partial<Note> & { readonly why?: string }): string =>
  Object.entries(note)
    .map(([word, value]) => `${word} ${String(value).replace(/[\r\n]+/g, ' ')}\n`)
    .join('');

const wordsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const),
  );

export type Failure = { readonly number: number; readonly why: string };

const brokenOff = 'whoever renewed it was broken off, or the machine lost power';

/** The last update of this service's agent that failed; null: none did. */
export const readFailure = (home: string, service: string): Failure | null => {
  let words: ReadonlyMap<string, string>;
  try {
    words = wordsOf(readFileSync(join(home, failedFile), 'utf8'));
  } catch {
    return null;
  }
  const number = Number(words.get('number'));
  if (words.get('service') !== service || !Number.isSafeInteger(number)) return null;
  return { number, why: (words.get('why') ?? brokenOff).slice(0, 500) };
};
