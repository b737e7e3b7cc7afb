// How does a small file reach the disk so that a crash leaves the old or the new one, never half of it?
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Temporary name, fsync, rename, fsync of the folder (reliability b5). Mode 0600. */
export const writeDurably = async (file: string, text: string): Promise<void> => {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Null when the file is not there. */
export const readText = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};
