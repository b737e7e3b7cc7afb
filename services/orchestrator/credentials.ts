// Who is it that sends this token? Keys and class secrets are files, read again when they change.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerClass } from './settings.ts';
import { sameHash, tokenHash } from './tokens.ts';

export type Caller =
  | { readonly kind: 'admin' }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'class'; readonly class: WorkerClass }
  | { readonly kind: 'worker'; readonly workerId: string };

export type Credentials = {
  /** The caller of this token, null for an unknown one. */
  readonly identify: (token: string, workerByToken: ReadonlyMap<string, string>) => Caller | null;
};

/** The path of the file that holds the secret of a class. */
export const classSecretPath = (secretsFolder: string, className: string): string =>
  join(secretsFolder, 'classes', className, 'token');

export const adminKeyPath = (secretsFolder: string): string => join(secretsFolder, 'admin');

/** In a folder of its own, which alone is bound into Prometheus's container. */
export const metricsTokenPath = (secretsFolder: string): string => join(secretsFolder, 'metrics', 'token');

type SecretFile = () => string | null;

/** Hash of the secret in a file, null while there is none; a look at its times costs 2 µs, so each use takes one. */
const watchSecret = (path: string): SecretFile => {
  let seen = '';
  let hash: string | null = null;
  return () => {
    const facts = statSync(path, { throwIfNoEntry: false, bigint: true });
    const version = facts ? `${facts.mtimeNs} ${facts.ino} ${facts.size}` : '';
    if (version === seen) return hash;
    const secret = facts ? readFileSync(path, 'utf8').trim() : '';
    hash = secret === '' ? null : tokenHash(secret);
    seen = version;
    return hash;
  };
};

/** Throws one sentence when there is no admin key: without it nobody could ever be let in. */
export const openCredentials = (secretsFolder: string, classes: readonly WorkerClass[]): Credentials => {
  const admin = watchSecret(adminKeyPath(secretsFolder));
  const metrics = watchSecret(metricsTokenPath(secretsFolder));
  const members = classes.map((each) => ({
    class: each,
    secret: watchSecret(classSecretPath(secretsFolder, each.name)),
  }));
  if (admin() === null)
    throw new Error(
      `there is no admin key in ${adminKeyPath(secretsFolder)}; make it with: muster up, or docker compose up secrets`,
    );
  const holds = (secret: SecretFile, hash: string): boolean => {
    const expected = secret();
    return expected !== null && sameHash(expected, hash);
  };
  return {
    identify: (token, workerByToken) => {
      const hash = tokenHash(token);
      const workerId = workerByToken.get(hash);
      if (workerId !== undefined) return { kind: 'worker', workerId };
      if (holds(admin, hash)) return { kind: 'admin' };
      if (holds(metrics, hash)) return { kind: 'metrics' };
      const member = members.find((each) => holds(each.secret, hash));
      return member ? { kind: 'class', class: member.class } : null;
    },
  };
};
