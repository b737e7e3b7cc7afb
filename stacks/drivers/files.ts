// What stands on the disk? Reads texts with a limit; writes generated files, only those that changed, each in one step.
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { File } from '../targets/types.ts';

const longestCharacterBytes = 4;

/**
 * A UTF-8 text. Of a longer one a little more than `limitBytes` is read, so that the caller's own limit can speak.
 * Throws the system's error (ENOENT, EACCES, EISDIR) or a TypeError when it is not UTF-8.
 */
export async function readText(path: string, limitBytes: number): Promise<string> {
  const buffer = Buffer.alloc(limitBytes + longestCharacterBytes);
  let length = 0;
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
  } finally {
    await file.close();
  }
  // The cut may split a character, which is no fault of the file: what is left is still over the limit.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return decoder.decode(buffer.subarray(0, length), { stream: length > limitBytes });
}

/** The place of a generated file; throws when it would leave the folder. */
function placeOf(folder: string, path: string): string {
  const place = resolve(folder, path);
  if (!place.startsWith(resolve(folder) + sep)) throw new Error(`the generated path ${path} leaves its folder`);
  return place;
}

/** Those files that are missing in the folder or hold another text. */
export async function changedFiles(folder: string, files: readonly File[]): Promise<readonly File[]> {
  const same = await Promise.all(
    files.map(async ({ path, text }) => {
      try {
        return (await readFile(placeOf(folder, path), 'utf8')) === text;
      } catch (error) {
        if (/^(?:ENOENT|ENOTDIR)$/.test(String((error as NodeJS.ErrnoException).code))) return false;
        throw error;
      }
    }),
  );
  return files.filter((_, index) => !same[index]);
}

/** Writes each file beside its place, then renames it there: a reader sees the old text or the new one. */
export async function writeFiles(folder: string, files: readonly File[]): Promise<void> {
  for (const { path, text, mode } of files) {
    const place = placeOf(folder, path);
    const next = `${place}.${process.pid}.next`;
    await mkdir(dirname(place), { recursive: true });
    try {
      await writeFile(next, text, { mode, flag: 'wx' });
      await rename(next, place);
    } finally {
      await rm(next, { force: true });
    }
  }
}
