// Which secrets does the cluster have, and where? Files of `.muster/secrets`, made on first use and never changed.
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The user of our images, as the Dockerfiles say. */
export const containerUid = 10001;

/** Who owns what the containers read: root gives it to their user; anybody else runs them as himself (CMP6). */
export function secretsOwner(uid: number): number {
  return uid === 0 ? containerUid : uid;
}

export function adminKeyFile(home: string): string {
  return join(home, 'secrets', 'admin');
}

export function classTokenFile(home: string, className: string): string {
  return join(home, 'secrets', 'classes', className, 'token');
}

/**
 * Makes the secrets that are missing: the admin key and one token per class, 256 random bits each, 0600 in folders of
 * 0700. `owner` is the uid that must read them when it is not the caller's. Returns the paths that it created.
 */
export function createSecrets(home: string, classNames: readonly string[], owner: number | null): readonly string[] {
  const created = [
    createSecret(adminKeyFile(home), 'mk_'),
    ...classNames.map((name) => createSecret(classTokenFile(home, name), 'mc_')),
  ].filter((path) => path !== null);
  if (owner !== null) {
    for (const path of [adminKeyFile(home), ...classNames.map((name) => classTokenFile(home, name))]) {
      giveAway(home, path, owner);
    }
  }
  return created;
}

/** Only the folders, for containers that make the files themselves; a bind mount does not create them. */
export function createSecretFolders(home: string, classNames: readonly string[], owner: number): void {
  for (const path of [adminKeyFile(home), ...classNames.map((name) => classTokenFile(home, name))]) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    giveAway(home, dirname(path), owner);
  }
}

function createSecret(path: string, prefix: string): string | null {
  if (existsSync(path)) return null;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Whole or not at all: on a full disk an empty file would count as a secret from then on.
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, `${prefix}${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    linkSync(draft, path);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The file and the folders between it and the home; the home itself stays the caller's. */
function giveAway(home: string, path: string, owner: number): void {
  for (let at = path; at !== home && at !== dirname(at); at = dirname(at)) {
    if (statSync(at).uid !== owner) chownSync(at, owner, owner);
  }
}

/** A secret's value, without the line's end; null when the file is absent. */
export function readSecret(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
