// How is a file written that only its owner may read? Whole or not at all, 0600 in folders of 0700.
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve, sep } from 'node:path';

/** The place of a name below the folder; throws when it would leave it. */
export function placeBelow(folder: string, name: string): string {
  const place = resolve(folder, name);
  if (!place.startsWith(resolve(folder) + sep)) throw new Error(`the name ${name} leaves ${folder}`);
  return place;
}

export function createFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** A file that is there stays as it is; gives whether there was none. */
export function createPrivate(path: string, text: string): boolean {
  if (existsSync(path)) return false;
  return viaDraft(path, text, (draft) => {
    try {
      linkSync(draft, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/** A reader sees the old text or the new one. */
export function replacePrivate(path: string, text: string): void {
  viaDraft(path, text, (draft) => renameSync(draft, path));
}

/** On a full disk an empty file would count as a secret from then on: so the text is written beside its place first. */
function viaDraft<Result>(path: string, text: string, place: (draft: string) => Result): Result {
  createFolder(dirname(path));
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return place(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Gives the file, and the folders from there up to `folder`, to another user. */
export function giveAway(folder: string, path: string, owner: number): void {
  for (let at = path; at.startsWith(folder); at = dirname(at)) {
    if (statSync(at).uid !== owner) chownSync(at, owner, owner);
  }
}
