// Where does the cluster keep its secrets, and whose are they? Files below `.muster/secrets`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The user of our images, as the Dockerfiles say. */
export const containerUid = 10001;

/** Who owns what the containers read: root gives it to their user; anybody else runs them as himself (CMP6). */
export function secretsOwner(uid: number): number {
  return uid === 0 ? containerUid : uid;
}

export function secretsFolder(home: string): string {
  return join(home, 'secrets');
}

export function adminKeyFile(home: string): string {
  return join(secretsFolder(home), 'admin');
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
