// Who is this agent to the orchestrator? An instance that stays, and the token of the moment.
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { readText, writeDurably } from './spool/durable.ts';

/** `f_type` of tmpfs (statfs(2)): what lies there is gone when a container starts again. */
const tmpfs = 0x01021994;

/** Stays the same when this host or container starts again: kept in the state folder, or drawn from the host's name. */
export const readInstance = async (state: string, hostname: string): Promise<string> => {
  const file = join(state, 'instance');
  const known = (await readText(file))?.trim();
  if (known) return known;
  const inMemory = (await statfs(state)).type === tmpfs;
  const instance = inMemory ? createHash('sha256').update(hostname).digest('hex').slice(0, 32) : randomUUID();
  await writeDurably(file, `${instance}\n`);
  return instance;
};

export type Credentials = {
  /** Gets what `current` needs, if it is not there yet. Rejects with what is in the way. */
  ready(): Promise<void>;
  /** What to send now. */
  current(): string;
  /** The orchestrator gave us a token of our own. */
  exchanged(token: string): Promise<void>;
  /** The current one was refused. True: there is another one to try. */
  refused(): Promise<boolean>;
};

/**
 * `read` gives what the user provided: the secret of a class or a token. A token of our own is kept in the state folder
 * (0600) beside a hash of what it was given for, so that it is not used for another cluster.
 */
export const openCredentials = async (
  state: string,
  origin: string,
  read: () => Promise<string>,
): Promise<Credentials> => {
  const file = join(state, 'token');
  let given = await read();
  const purpose = () => createHash('sha256').update(`${origin}\n${given}`).digest('hex');
  const [kept = '', keptFor] = ((await readText(file)) ?? '').split('\n');
  let own: string | null = kept !== '' && keptFor === purpose() ? kept : null;
  return {
    ready: async () => {},
    current: () => own ?? given,
    async exchanged(token) {
      own = token;
      await writeDurably(file, `${token}\n${purpose()}\n`);
    },
    async refused() {
      const had = own;
      own = null;
      await rm(file, { force: true });
      // The file may have been replaced since: a rotated secret needs no restart.
      const before = given;
      given = await read().catch(() => before);
      return had !== null || given !== before;
    },
  };
};

/** The only line of a token file. Throws one sentence when there is none. */
export const readTokenFile = async (file: string): Promise<string> => {
  const text = (await readFile(file, 'utf8')).trim();
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(`${file}: expected one line with a secret or token`);
  return text;
};
