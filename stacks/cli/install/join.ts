// How does a host become a worker whose orchestrator is elsewhere? By an invite, and the installer that every machine runs.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { withClient } from '../api.ts';
import { installScript } from '../executables.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { runAdd } from '../workers/add.ts';
import { createInvite, joinScript, revokeInvite } from '../workers/invitation.ts';
import { isLoopback } from '../workers/reachable.ts';
import { atPlace, type Place } from './facts.ts';

type Say = (verb: string, what: string) => void;

/** Until the installation has come to its end. */
const expiresSeconds = 900;

/** `file`: `-` is stdin, so that no token stands among the arguments of a program. */
export async function readInvite(io: Io, file: string): Promise<string> {
  let found: string;
  try {
    found = (file === '-' ? await text(process.stdin) : readFileSync(resolve(io.cwd, file), 'utf8')).trim();
  } catch (error) {
    throw new Failure(exitCodes.badInput, `--invite-file: ${(error as Error).message}`, undefined, { cause: error });
  }
  if (/^mi_[A-Za-z0-9_-]+$/.test(found)) return found;
  throw new Failure(
    exitCodes.badInput,
    '--invite-file: expected an invite, mi_ and letters, found another text',
    'muster workers invite --format env, where the orchestrator is known, prints one as MUSTER_INVITE',
  );
}

export type Joining = {
  readonly url: string;
  /** Null: the orchestrator is this clone's own, which makes one. */
  readonly invite: string | null;
  readonly workerClass: string | undefined;
};

/** `isQuiet`: nothing but what `say` hears. */
export async function joinAt(
  io: Io,
  place: Place,
  { invite, url, workerClass }: Joining,
  say: Say,
  isQuiet: boolean,
): Promise<void> {
  const told = workerClass === undefined ? {} : { class: workerClass };
  if (invite !== null) return await install(io, place, url, invite, say);
  if (place !== null) {
    const port = place.port === null ? {} : { port: String(place.port) };
    // The host itself does not reach what listens on the loopback of this machine.
    const tunnel = isLoopback(url) ? ({ tunnel: true } as const) : {};
    const stdout = isQuiet ? new Writable({ write: (_chunk, _encoding, done) => done() }) : io.stdout;
    await runAdd({ ...io, stdout }, place.destination, { ...told, ...port, ...tunnel, yes: true });
    return;
  }
  await withClient(io, async (client) => {
    const { id, token } = await createInvite(io, client, { ...told, expiresSeconds });
    try {
      await install(io, place, client.url, token, say);
    } catch (error) {
      await revokeInvite(client, id).catch(() => undefined);
      throw error;
    }
  });
}

async function install(io: Io, place: Place, url: string, token: string, say: Say): Promise<void> {
  const script = await joinScript(io, installScript(io.root), { token, url, shown: url });
  await atPlace(io, place, script, 'install the agent', (line) => say('there', line.replace(/^muster: /, '')));
}
