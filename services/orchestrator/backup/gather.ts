// Which files belong to a copied database? The blobs and logs of its jobs; what the set before has already is linked.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../../scheduling/types.ts';
import { referencedDigests } from '../files/referenced.ts';
import type { Entry } from './manifest.ts';
import { blobPath, logName, logPath } from './paths.ts';
import { copyDurably, linkSame, type Written } from './place.ts';

/** A set that was made before: its folder, and what lies there by path. */
export type Earlier = { readonly folder: string; readonly files: ReadonlyMap<string, Written> };

export type Gathered = {
  readonly files: readonly Entry[];
  /** Digests that the state does not have, or has with other bytes. */
  readonly missing: readonly string[];
  /** How many files are shared with the set before. */
  readonly linked: number;
};

const ifThere = async <Value>(work: Promise<Value>): Promise<Value | null> => {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

export const gather = async (
  state: string,
  to: string,
  jobs: readonly Job[],
  earlier: Earlier | null,
): Promise<Gathered> => {
  const files: Entry[] = [];
  const missing: string[] = [];
  let linked = 0;

  const shared = async (path: string, isSame: (held: Written) => boolean): Promise<Written | null> => {
    const held = earlier?.files.get(path);
    if (!earlier || !held || !isSame(held)) return null;
    const written = await linkSame(join(earlier.folder, path), join(to, path), held);
    if (written) linked++;
    return written;
  };

  for (const digest of [...referencedDigests(jobs)].sort()) {
    const path = blobPath(digest);
    const written =
      (await shared(path, ({ sha256 }) => sha256 === digest)) ??
      (await ifThere(copyDurably(join(state, path), join(to, path))));
    if (written?.sha256 === digest) files.push({ path, ...written });
    else {
      await rm(join(to, path), { force: true });
      missing.push(digest);
    }
  }
  const known = new Set(jobs.map(({ id }) => id));
  const names = (await ifThere(readdir(join(state, 'logs')))) ?? [];
  for (const name of names.sort()) {
    if (!known.has(logName.exec(name)?.[1] ?? '')) continue;
    const path = logPath(name);
    const facts = await ifThere(stat(join(state, path)));
    // Logs only grow: one of the same length is the same.
    const written =
      facts &&
      ((await shared(path, ({ bytes }) => bytes === facts.size)) ??
        (await ifThere(copyDurably(join(state, path), join(to, path), facts.size))));
    if (written) files.push({ path, ...written });
  }
  return { files, missing, linked };
};
