// Which generated files are stale on the disk? Writes those that changed, each in one step.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { File } from '../targets/types.ts';

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
