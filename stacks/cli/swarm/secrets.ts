// Which versions of the secrets does the swarm have, and which must be made? Contents are compared by a keyed hash.
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replacePrivate } from '../../drivers/private-files.ts';
import { createSecretFiles } from '../../drivers/secret-files.ts';
import { readSecret, secretsFolder } from '../../drivers/secrets.ts';
import { createSecret, swarmObjects } from '../../drivers/swarm-objects.ts';
import {
  type BroughtSecret,
  broughtSecrets,
  type Cluster,
  clusterLabel,
  secretFiles,
  secretName,
  secretPaths,
  secretVariable,
} from '../../index.ts';
import { homeOf } from '../place.ts';
import { placeOfSecrets } from '../secrets/place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import type { Swarm } from './reach.ts';

/** A secret as the swarm shall have it. */
export type SecretVersion = {
  readonly path: string;
  readonly name: string;
  readonly version: number;
  readonly fingerprint: string;
  /** It is there already. */
  readonly present: boolean;
};

const labels = { path: 'muster.secret', version: 'muster.version', fingerprint: 'muster.fingerprint' } as const;

/** Without the key nobody can try guesses of a weak secret on its label. */
const fingerprintKey = { kind: 'token', path: 'swarm/fingerprint', prefix: 'mf' } as const;

/** New files would lock everybody out: what the swarm has from elsewhere is not replaced unless it is asked for. */
export async function demandOwnSecrets(
  io: Io,
  { docker }: Swarm,
  cluster: Cluster,
  paths: readonly string[],
): Promise<void> {
  const there = await swarmObjects(docker, 'secrets', `${clusterLabel}=${cluster.name}`);
  const known = new Set(there.map((secret) => secret.labels[labels.path]));
  const brought = new Set(broughtSecrets(cluster).map(({ path }) => path));
  const foreign = paths.filter((path) => known.has(path) && !brought.has(path) && !existsSync(fileOf(io, path)));
  if (foreign.length === 0) return;
  throw new Failure(
    exitCodes.refused,
    `the swarm has secrets of "${cluster.name}" that were made elsewhere: ${foreign.join(' ')}`,
    `copy that machine's .muster/secrets here; or make them anew: muster deploy swarm --rotate ${foreign.join(' ')}`,
  );
}

/** Makes the files that are missing on this machine. */
export async function makeSecrets(io: Io, cluster: Cluster): Promise<readonly string[]> {
  const files = [...secretFiles(cluster), fingerprintKey];
  const { made } = await createSecretFiles(placeOfSecrets(io, homeOf(io), 'docker'), files);
  return made.filter((path) => path !== fingerprintKey.path);
}

function fileOf(io: Io, path: string): string {
  return join(secretsFolder(homeOf(io)), path);
}

/** What stands for a secret that only the user has, until it is there: a swarm starts nothing without it. */
const placeholder = Buffer.from('\n');

/** Null: missing. */
function contentOf(io: Io, path: string): Buffer | null {
  return existsSync(fileOf(io, path)) ? readFileSync(fileOf(io, path)) : null;
}

/** Secrets that only the user has and that are not there; the services start without them. */
export function missingSecrets(io: Io, cluster: Cluster): readonly BroughtSecret[] {
  return broughtSecrets(cluster).filter(({ path }) => contentOf(io, path) === null);
}

function fingerprintOf(io: Io, path: string): string {
  const key = readSecret(fileOf(io, fingerprintKey.path)) ?? '';
  const content = contentOf(io, path) ?? placeholder;
  return createHmac('sha256', key).update(path).update('\0').update(content).digest('hex').slice(0, 32);
}

/** The version of each secret whose content is the one on this machine; a new one where there is none. */
export async function secretVersions(
  io: Io,
  { docker }: Swarm,
  cluster: Cluster,
  paths: readonly string[],
): Promise<readonly SecretVersion[]> {
  const there = await swarmObjects(docker, 'secrets', `${clusterLabel}=${cluster.name}`);
  return paths.map((path) => {
    const fingerprint = fingerprintOf(io, path);
    const versions = there.filter((secret) => secret.labels[labels.path] === path);
    const numbers = versions.map((secret) => Number(secret.labels[labels.version]));
    // One that only the user has is not taken away from a swarm because it is not on this machine.
    const kept = contentOf(io, path) === null ? numbers.indexOf(Math.max(...numbers)) : -1;
    const equal = versions.findIndex((secret) => secret.labels[labels.fingerprint] === fingerprint);
    const same = equal >= 0 ? equal : kept;
    const version = same >= 0 ? (numbers[same] as number) : Math.max(0, ...numbers) + 1;
    return { path, version, fingerprint, name: secretName(cluster, path, version), present: same >= 0 };
  });
}

/** Creates those that the swarm lacks. */
export async function sendSecrets(
  io: Io,
  { docker }: Swarm,
  cluster: Cluster,
  versions: readonly SecretVersion[],
): Promise<readonly string[]> {
  const missing = versions.filter(({ present }) => !present);
  for (const { fingerprint, name, path, version } of missing) {
    await createSecret(docker, name, contentOf(io, path) ?? placeholder, {
      [clusterLabel]: cluster.name,
      [labels.path]: path,
      [labels.version]: String(version),
      [labels.fingerprint]: fingerprint,
    });
  }
  return missing.map(({ name }) => name);
}

/** What `docker stack deploy` must be told: nothing while every secret is in its first version. */
export function secretEnvironment(versions: readonly SecretVersion[]): Readonly<Record<string, string>> {
  const later = versions.filter(({ version }) => version !== 1);
  return Object.fromEntries(later.map(({ name, path }) => [secretVariable(path), name]));
}

/** Makes a secret anew on this machine, with what follows from it; gives what puts the old files back. */
export async function rotateSecret(io: Io, cluster: Cluster, path: string): Promise<() => void> {
  const all = secretFiles(cluster);
  const file = all.find((each) => each.path === path);
  if (file === undefined) {
    const known = all.map((each) => each.path).join(' ');
    throw new Failure(exitCodes.badInput, `there is no secret ${JSON.stringify(path)}`, `choose from: ${known}`);
  }
  const before = all.flatMap(secretPaths).flatMap((each) => {
    const text = existsSync(fileOf(io, each)) ? readFileSync(fileOf(io, each), 'utf8') : null;
    return text === null ? [] : [{ path: each, text }];
  });
  for (const each of secretPaths(file)) rmSync(fileOf(io, each), { force: true });
  await makeSecrets(io, cluster);
  return () => {
    for (const { path: each, text } of before) replacePrivate(fileOf(io, each), text);
  };
}
