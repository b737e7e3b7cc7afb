// How does a tree change hands while its owner may try to trick root? By descriptors: what is changed is what was looked at.
import { closeSync, constants, fchownSync, fstatSync, lstatSync, openSync, readdirSync, type Stats } from 'node:fs';

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** A pipe without a writer would hold up an open that waits. */
const fileFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** A name below an open folder, wherever that folder has been moved to meanwhile. */
export const below = (folder: number, name: string): string => `/proc/self/fd/${folder}/${name}`;

/** Opens `path` and then `names` one below the other; no link is followed. The caller closes the answer. */
export const openFolder = (path: string, ...names: readonly string[]): number => {
  let folder = openSync(path, folderFlags);
  for (const name of names) {
    const parent = folder;
    try {
      folder = openSync(below(parent, name), folderFlags);
    } finally {
      closeSync(parent);
    }
  }
  return folder;
};

export type Owner = { readonly uid: number; readonly gid: number };

/** Gone meanwhile, became a link, or nothing that can be opened. */
const passing = ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'];

const change = (descriptor: number, from: number, to: Owner): void => {
  // A hard link to another's file lies in the tree as well: it stays the other's.
  if (fstatSync(descriptor).uid === from) fchownSync(descriptor, to.uid, to.gid);
};

const flagsFor = (found: Stats): number | null => {
  if (found.isDirectory()) return folderFlags;
  return found.isFile() || found.isFIFO() ? fileFlags : null;
};

/**
 * Gives all folders, files and pipes below `folder` that belong to `from` to `to`, but not `folder` itself and what is
 * named in `except`. Links are left alone: nobody asks who owns one.
 */
export const handOver = (folder: number, from: number, to: Owner, except: readonly string[] = []): void => {
  // Names as bytes: a job may write any.
  for (const name of readdirSync(`/proc/self/fd/${folder}`, { encoding: 'buffer' })) {
    if (except.includes(name.toString())) continue;
    const path = Buffer.concat([Buffer.from(below(folder, '')), name]);
    try {
      const flags = flagsFor(lstatSync(path));
      if (flags === null) continue;
      const descriptor = openSync(path, flags);
      try {
        if (flags === folderFlags) handOver(descriptor, from, to);
        change(descriptor, from, to);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (!passing.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
};
