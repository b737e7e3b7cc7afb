// What value does a person give a secret? From a pipe, or typed without being shown; never as an argument.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { exitCodes, Failure, type Io } from '../types.ts';

const longest = 4096;
/** What a header carries, and a map of nginx. */
const tokenRule = /^[A-Za-z0-9._~+/-]{16,512}=*$/;

async function typed(io: Io, name: string): Promise<string> {
  io.stderr.write(`value of ${name} (it is not shown): `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await prompt.question('');
  } finally {
    prompt.close();
    io.stderr.write('\n');
  }
}

/** One line without its end. Throws a Failure when it is none, or cannot be a token. */
export async function readValue(
  io: Io,
  name: string,
  isToken: boolean,
  input: NodeJS.ReadableStream & { isTTY?: boolean } = process.stdin,
): Promise<string> {
  const given = input.isTTY ? await typed(io, name) : await text(input);
  const value = given.replace(/\r?\n$/, '');
  if (value === '' || value.length > longest || /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/.test(value)) {
    throw new Failure(
      exitCodes.badInput,
      `${name}: expected one line of 1 to ${longest} characters without control characters`,
      `muster secrets set ${name} < FILE`,
    );
  }
  if (isToken && !tokenRule.test(value)) {
    throw new Failure(
      exitCodes.badInput,
      `${name}: expected 16 to 512 letters, digits and ._~+/-, got something else`,
      'openssl rand -base64 32 makes such a token',
    );
  }
  return value;
}
