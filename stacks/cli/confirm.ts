// Does the person at the terminal agree? Without a terminal nobody is asked.
import { createInterface } from 'node:readline/promises';
import { exitCodes, Failure, type Io } from './types.ts';

/** True for `y` or `yes`. Without a terminal it throws a Failure that names the flag to give instead. */
export async function confirmed(io: Io, question: string, flag: string): Promise<boolean> {
  if (!process.stdin.isTTY || !io.stdout.isTTY) {
    throw new Failure(
      exitCodes.refused,
      `${question} nobody is at a terminal to say yes`,
      `say it beforehand: ${flag}`,
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}
