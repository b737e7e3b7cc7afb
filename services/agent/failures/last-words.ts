// What did the agent say last? Kept in its state folder, because nobody else can read the journal of its unit.
import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failingLimits } from '../../protocol/failing-limits.ts';
import { harmless } from './harmless.ts';

/** Of each of two files: the older one goes when the newer one is full. */
const fileBytes = 32 * 1024;

const places = (state: string) => {
  const now = join(state, 'last-words');
  return { now, before: `${now}.1` };
};

/** Takes whole lines. Some microseconds each, into the page cache: it outlives the process, whatever ends that. */
export const keepLastWords = (state: string): ((text: string) => void) => {
  const { now, before } = places(state);
  let size = statSync(now, { throwIfNoEntry: false })?.size ?? 0;
  return (text) => {
    try {
      if (size > fileBytes) {
        renameSync(now, before);
        size = 0;
      }
      appendFileSync(now, text, { mode: 0o600 });
      size += Buffer.byteLength(text);
    } catch {
      // A full disk, or no folder yet: then nobody gets to know, and the work goes on.
    }
  };
};

const readOrNothing = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** The last lines, harmless for whoever reads them; empty ones are left out. */
export const readLastWords = (state: string): string[] => {
  const { now, before } = places(state);
  const lines = `${readOrNothing(before)}${readOrNothing(now)}`.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-failingLimits.lines).map((line) => harmless(line, failingLimits.line));
};
