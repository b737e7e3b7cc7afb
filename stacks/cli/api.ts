// How does a verb reach the orchestrator, and how does what goes wrong there read on a terminal?
import { join, resolve } from 'node:path';
import { readAuthorities } from '../drivers/authority-file.ts';
import {
  type Client,
  type ClientSettings,
  createClient,
  Refusal,
  Unreachable,
  Untrusted,
} from '../drivers/orchestrator.ts';
import { readSecret } from '../drivers/secrets.ts';
import { homeOf, isExpectedUp, keyFileOf, urlOf } from './place.ts';
import { authorityPath } from './secrets/trust.ts';
import { exitCodes, Failure, type Io } from './types.ts';

/** A restart of the orchestrator takes about a second; a longer silence is worth a sentence. */
const outwaitMs = 10_000;

/** Runs `work` with a client that has the admin key; refusals and silence become Failures. */
export async function withClient<Result>(io: Io, work: (client: Client) => Promise<Result>): Promise<Result> {
  const file = keyFileOf(io);
  const key = readKey(file);
  if (key === null) throw new Failure(exitCodes.environment, `there is no key in ${file}`, 'make up-workers');
  try {
    const url = await urlOf(io);
    const onWait = () => io.stderr.write(`muster: waiting for the orchestrator at ${url}\n`);
    const authority = authorityOf(io);
    return await work(createClient({ url, key, authority, retryMs: isExpectedUp(io) ? outwaitMs : 0, onWait }));
  } catch (error) {
    throw failureOf(error);
  }
}

/** The one that MUSTER_CA_FILE or --ca pins; else the cluster's own: whoever has its secrets trusts it. */
export function authorityOf(io: Io): ClientSettings['authority'] {
  const { MUSTER_CA_FILE } = io.env;
  if (MUSTER_CA_FILE) {
    const name = resolve(io.cwd, MUSTER_CA_FILE);
    try {
      return { name, pem: readAuthorities('MUSTER_CA_FILE', name), alone: true };
    } catch (error) {
      throw new Failure(exitCodes.badInput, (error as Error).message, undefined, { cause: error });
    }
  }
  const name = join(homeOf(io), 'secrets', `${authorityPath}.crt`);
  try {
    const pem = readSecret(name);
    return pem === null ? null : { name, pem, alone: false };
  } catch {
    return null;
  }
}

function readKey(file: string): string | null {
  try {
    return readSecret(file);
  } catch (error) {
    throw new Failure(
      exitCodes.environment,
      `the key in ${file} cannot be read: ${(error as Error).message}`,
      'run it as the user who started the cluster, or name another file with MUSTER_KEY_FILE',
      { cause: error },
    );
  }
}

function failureOf(error: unknown): unknown {
  if (error instanceof Unreachable) {
    return new Failure(exitCodes.environment, error.message, 'make up-workers, or MUSTER_URL=… for another one', {
      cause: error,
    });
  }
  if (error instanceof Untrusted) return new Failure(exitCodes.environment, error.message, undefined, { cause: error });
  if (!(error instanceof Refusal)) return error;
  // A batch repeats what is wrong with a flag for each of its jobs.
  const problems = new Set(
    error.problems.map(({ path, message }) => `${path.replace(/^jobs\/\d+\//, '')}: ${message}`),
  );
  const said = problems.size > 0 ? [...problems].join('\n        ') : error.message;
  if (error.status === 401) {
    return new Failure(
      exitCodes.refused,
      `the orchestrator does not take this key: ${error.message}`,
      'MUSTER_KEY_FILE=…',
    );
  }
  const wrong = error.status === 400 || error.status === 422;
  return new Failure(wrong ? exitCodes.badInput : exitCodes.failed, said, undefined, {
    cause: error,
  });
}
