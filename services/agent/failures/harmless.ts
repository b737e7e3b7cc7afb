// How does a line of the agent's log leave the machine? Short, in plain characters, and without a secret.
import { unprintable } from '../../protocol/printable.ts';

/** Prefixes of all keys and tokens of Muster. */
const secret = /\b(m[a-z]|wt)_[A-Za-z0-9_-]{12,}/g;
const userInUrl = /\/\/[^/\s@"]+@/g;

/** At most `most` characters; what a terminal would obey is shown as a replacement character. */
export const harmless = (line: string, most: number): string => {
  const plain = line.replace(secret, '$1_…').replace(userInUrl, '//…@').replace(/\t/g, ' ');
  const cut = plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
  return cut.replace(unprintable, '\ufffd');
};
