// Is a set as it was made? Every file there, with its bytes; all that is wrong is said at once.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreFailure } from '../store/failure.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { databaseFile } from './paths.ts';
import { hashFile } from './place.ts';

const most = 10;

const problemOf = async (set: string, { bytes, path, sha256 }: Manifest['files'][number]): Promise<string | null> => {
  try {
    const found = (await stat(join(set, path))).size;
    if (found !== bytes) return `${path}: expected ${bytes} bytes, found ${found}`;
    return (await hashFile(join(set, path))) === sha256 ? null : `${path}: expected other bytes than it has`;
  } catch (error) {
    return `${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : (error as Error).message}`;
  }
};

/** The manifest of a set that is whole; rejects with StoreFailure `untrusted`, a line for each damaged file. */
export const checkSet = async (set: string): Promise<Manifest> => {
  const manifest = readManifest(set);
  const problems: string[] = [];
  if (!manifest.files.some(({ path }) => path === databaseFile)) problems.push(`${databaseFile}: missing in its list`);
  for (const file of manifest.files) {
    const problem = await problemOf(set, file);
    if (problem) problems.push(problem);
  }
  if (problems.length === 0) return manifest;
  const rest = problems.length > most ? [`… and ${problems.length - most} more`] : [];
  const lines = [`${set} is damaged; take another backup`, ...problems.slice(0, most), ...rest];
  throw new StoreFailure('untrusted', lines.join('\n'));
};
