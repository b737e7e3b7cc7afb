// Where does this clone keep its cluster, and where is it reached?
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { adminKeyFile } from '../drivers/secrets.ts';
import type { Cluster, Host } from '../index.ts';
import { formatProblem } from './output.ts';
import { exitCodes, Failure, type Io } from './types.ts';

/** `.muster`, or MUSTER_HOME: state, logs, secrets. Absolute, links followed; made when it is absent. */
export function homeOf({ env, root }: Io): string {
  const home = resolve(root, env.MUSTER_HOME || '.muster');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return realpathSync(home);
}

/** A spec that holds: decided as it is everywhere, and as it is on one host. */
export type Wanted = { readonly cluster: Cluster; readonly on: (host: Host) => Cluster };

/** What the clone's cluster.yaml wants; warnings go to stderr. Throws Failure with all problems. */
export async function wanted(io: Io): Promise<Wanted> {
  const { readSpecFile } = await import('./spec-file.ts');
  const { cluster, file, on, problems } = await readSpecFile(io, undefined);
  const text = problems.map(formatProblem).join('\n');
  if (cluster === null || on === null) {
    throw new Failure(exitCodes.badInput, `${file} does not hold\n${text}`, 'mend it, then: muster check');
  }
  if (text !== '') io.stderr.write(`${text}\n`);
  return { cluster, on };
}

export async function wantedCluster(io: Io): Promise<Cluster> {
  return (await wanted(io)).cluster;
}

/** The orchestrator's port on loopback: MUSTER_PORT, else the spec's. */
export function portOf(io: Io, cluster: Cluster): number {
  return namedPort(io) ?? cluster.orchestrator.port;
}

function namedPort({ env }: Io): number | null {
  if (!env.MUSTER_PORT) return null;
  const port = Number(env.MUSTER_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Failure(exitCodes.badInput, `MUSTER_PORT: expected a port from 1 to 65535, got ${env.MUSTER_PORT}`);
  }
  return port;
}

const urlFile = (home: string) => join(home, 'url');

/** Remembered by `up`, so that another terminal needs no MUSTER_PORT. */
export function rememberUrl(home: string, url: string): void {
  writeFileSync(urlFile(home), `${url}\n`, { mode: 0o600 });
}

/** Said by `down`: nobody is expected there any more. */
export function forgetUrl(home: string): void {
  rmSync(urlFile(home), { force: true });
}

/** Whether somebody should answer: a silence may then be a restart, which is worth waiting for. */
export function isExpectedUp(io: Io): boolean {
  return Boolean(io.env.MUSTER_URL) || existsSync(urlFile(homeOf(io)));
}

/** MUSTER_URL, else the port that MUSTER_PORT names, else where `up` started it. */
export async function urlOf(io: Io): Promise<string> {
  if (io.env.MUSTER_URL) {
    if (/^https?:$/.test(URL.parse(io.env.MUSTER_URL)?.protocol ?? '')) return io.env.MUSTER_URL;
    const remedy = 'write it in full: MUSTER_URL=https://ai.example.org/muster';
    throw new Failure(exitCodes.badInput, `MUSTER_URL: expected a web address, got ${io.env.MUSTER_URL}`, remedy);
  }
  const remembered = urlFile(homeOf(io));
  if (!io.env.MUSTER_PORT && existsSync(remembered)) return readFileSync(remembered, 'utf8').trim();
  return `http://127.0.0.1:${namedPort(io) ?? (await wantedCluster(io)).orchestrator.port}`;
}

export function keyFileOf(io: Io): string {
  return io.env.MUSTER_KEY_FILE ? resolve(io.cwd, io.env.MUSTER_KEY_FILE) : adminKeyFile(homeOf(io));
}

/** The Compose project of this clone: the shell's COMPOSE_PROJECT_NAME, else that of `.env`. */
export function projectOf({ env, root }: Io): string {
  if (env.COMPOSE_PROJECT_NAME) return env.COMPOSE_PROJECT_NAME;
  const file = join(root, '.env');
  const line = existsSync(file) ? readFileSync(file, 'utf8').match(/^COMPOSE_PROJECT_NAME=(.*)$/m) : null;
  return line?.[1]?.trim() || 'muster';
}
