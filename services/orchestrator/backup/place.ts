// How does one file come into a folder so that it survives a power cut, and how is it known to be the same?
import { createHash } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

/** The file or the folder itself, not what is in it. */
export const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
};

/** Every folder below `folder`, and that one at the end. */
export const syncFolders = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name));
  await sync(folder);
};

export type Written = { readonly bytes: number; readonly sha256: string };

/**
 * Copies `from` to a new file, durably, and reads back what came of it. `bytes` are the first so many of a file that
 * grows; null: all of it. Rejects with ENOENT when `from` is not there.
 */
export const copyDurably = async (from: string, to: string, bytes: number | null = null): Promise<Written> => {
  await stat(from);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  if (bytes === null) await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else if (bytes === 0) await (await open(to, 'wx', 0o600)).close();
  else await pipeline(createReadStream(from, { end: bytes - 1 }), createWriteStream(to, { flags: 'wx', mode: 0o600 }));
  await sync(to);
  return { bytes: (await stat(to)).size, sha256: await hashFile(to) };
};

/** The same file under another name, when it still holds what it should; null otherwise, and where links do not work. */
export const linkSame = async (from: string, to: string, meant: Written): Promise<Written | null> => {
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await link(from, to);
  } catch {
    return null;
  }
  if ((await stat(to)).size === meant.bytes && (await hashFile(to)) === meant.sha256) return meant;
  await rm(to);
  return null;
};
