// Who is it that sends this token? Keys and class secrets are files, read again when they change.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Indexes } from './indexes.ts';
import type { WorkerClass } from './settings.ts';
import { sameHash, tokenHash } from './tokens.ts';

export type Caller =
  | { readonly kind: 'admin' }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'class'; readonly class: WorkerClass }
  | { readonly kind: 'worker'; readonly workerId: string }
  /** The invite may be over. */
  | { readonly kind: 'invite'; readonly inviteId: string };

type ByToken = Pick<Indexes, 'workerByToken' | 'inviteByToken'>;

export type Credentials = {
  /** The caller of this token, null for an unknown one. */
  readonly identify: (token: string, byToken: ByToken) => Caller | null;
};

type SecretFile = () => string | null;

/**
 * Hash of the secret at this path, null while there is none; a look at its times costs 2 µs, so each use takes one.
 * Credentials of systemd know no folders: there `classes/a/token` is the file `classes_a_token`.
 */
const watchSecret = (folder: string, path: string): SecretFile => {
  const places = [join(folder, path), join(folder, path.replaceAll('/', '_'))];
  const find = (): { readonly place: string; readonly version: string } | null => {
    for (const place of places) {
      const facts = statSync(place, { throwIfNoEntry: false, bigint: true });
      if (facts) return { place, version: `${place} ${facts.mtimeNs} ${facts.ino} ${facts.size}` };
    }
    return null;
  };
  let seen = '';
  let hash: string | null = null;
  return () => {
    const found = find();
    const version = found?.version ?? '';
    if (version === seen) return hash;
    const secret = found ? readFileSync(found.place, 'utf8').trim() : '';
    hash = secret === '' ? null : tokenHash(secret);
    seen = version;
    return hash;
  };
};

/** Throws one sentence when there is no admin key: without it nobody could ever be let in. */
export const openCredentials = (secretsFolder: string, classes: readonly WorkerClass[]): Credentials => {
  const admin = watchSecret(secretsFolder, 'admin');
  // In a folder of its own, which alone is bound into Prometheus's container.
  const metrics = watchSecret(secretsFolder, 'metrics/token');
  const members = classes.map((each) => ({
    class: each,
    secret: watchSecret(secretsFolder, `classes/${each.name}/token`),
  }));
  if (admin() === null)
    throw new Error(
      `there is no admin key in ${join(secretsFolder, 'admin')}; make it with: muster up, or docker compose up secrets`,
    );
  const holds = (secret: SecretFile, hash: string): boolean => {
    const expected = secret();
    return expected !== null && sameHash(expected, hash);
  };
  return {
    identify: (token, { workerByToken, inviteByToken }) => {
      const hash = tokenHash(token);
      const workerId = workerByToken.get(hash);
      if (workerId !== undefined) return { kind: 'worker', workerId };
      if (holds(admin, hash)) return { kind: 'admin' };
      if (holds(metrics, hash)) return { kind: 'metrics' };
      const inviteId = inviteByToken.get(hash);
      if (inviteId !== undefined) return { kind: 'invite', inviteId };
      const member = members.find((each) => holds(each.secret, hash));
      return member ? { kind: 'class', class: member.class } : null;
    },
  };
};
