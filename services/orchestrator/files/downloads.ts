// Which files may machines download? Those that the list of checksums beside them names, and no other.
import { randomBytes } from 'node:crypto';
import type { ReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobs } from './blobs.ts';

export type Download = { readonly stream: ReadStream; readonly bytes: number };
/** SHA-256 by name. */
export type Files = Readonly<Record<string, string>>;

export type Downloads = {
  /** The file of that name, open; null when it is not listed or not there. */
  readonly open: (name: string) => Promise<Download | null>;
  readonly list: () => Promise<Files>;
  readonly folder: string;
  /** Offers these held blobs and nothing else; null where the folder is the host's own. */
  readonly keep: ((files: Files) => Promise<void>) | null;
};

export const sumsFile = 'SHA256SUMS';

/** One line of sha256sum: the hash, two spaces (or a space and an asterisk) and a plain name. */
const line = /^([0-9a-f]{64}) [ *]([A-Za-z0-9][A-Za-z0-9._-]*)$/;

const filesIn = async (folder: string): Promise<Files> => {
  const text = await readFile(join(folder, sumsFile), 'utf8').catch(() => '');
  const found = text.split('\n').flatMap((each) => {
    const [, sum, name] = line.exec(each) ?? [];
    return sum === undefined || name === undefined ? [] : [[name, sum] as const];
  });
  return Object.fromEntries(found);
};

/** Puts the blobs there under their names, the list last; each appears whole or not at all. */
const keepIn = async (folder: string, blobs: Blobs, files: Files): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const held = await filesIn(folder);
  const names = Object.keys(files).sort();
  const place = async (name: string, make: (path: string) => Promise<unknown>): Promise<void> => {
    const draft = join(folder, `.draft-${randomBytes(8).toString('hex')}`);
    await make(draft);
    await rename(draft, join(folder, name));
  };
  for (const name of names) {
    const digest = files[name] as string;
    if (held[name] !== digest) await place(name, (path) => blobs.link(digest, path));
  }
  const text = names.map((name) => `${files[name]}  ${name}\n`).join('');
  await place(sumsFile, (path) => writeFile(path, text, { mode: 0o600, flush: true }));
  for (const name of await readdir(folder))
    if (name !== sumsFile && !Object.hasOwn(files, name)) await rm(join(folder, name), { force: true });
};

/** `folder` is read again at each request: a new build needs no restart. `blobs`: where those come from that it keeps. */
export const openDownloads = (folder: string, blobs: Blobs | null): Downloads => {
  let keeping: Promise<void> = Promise.resolve();
  return {
    folder,
    open: async (name) => {
      if (name !== sumsFile && !Object.hasOwn(await filesIn(folder), name)) return null;
      const file = await open(join(folder, name)).catch(() => null);
      const facts = await file?.stat();
      if (!file || !facts?.isFile()) {
        await file?.close();
        return null;
      }
      return { stream: file.createReadStream(), bytes: facts.size };
    },
    list: () => filesIn(folder),
    keep:
      blobs &&
      ((files) => {
        // One after the other; the failure of one is told to who asked for it.
        const done = keeping.then(() => keepIn(folder, blobs, files));
        keeping = done.catch(() => {});
        return done;
      }),
  };
};
