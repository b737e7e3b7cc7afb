// Which files may machines download? Those that the list of checksums beside them names, and no other.
import type { ReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Download = { readonly stream: ReadStream; readonly bytes: number };

export type Downloads = {
  /** The file of that name, open; null when it is not listed or not there. */
  readonly open: (name: string) => Promise<Download | null>;
};

export const sumsFile = 'SHA256SUMS';

/** One line of sha256sum: the hash, two spaces (or a space and an asterisk) and a plain name. */
const line = /^[0-9a-f]{64} [ *]([A-Za-z0-9][A-Za-z0-9._-]*)$/;

const namesIn = async (folder: string): Promise<readonly string[]> => {
  const text = await readFile(join(folder, sumsFile), 'utf8').catch(() => '');
  return text.split('\n').flatMap((each) => line.exec(each)?.[1] ?? []);
};

/** `folder` is read again at each request: a new build needs no restart. */
export const openDownloads = (folder: string): Downloads => ({
  open: async (name) => {
    if (name !== sumsFile && !(await namesIn(folder)).includes(name)) return null;
    const file = await open(join(folder, name)).catch(() => null);
    const facts = await file?.stat();
    if (!file || !facts?.isFile()) {
      await file?.close();
      return null;
    }
    return { stream: file.createReadStream(), bytes: facts.size };
  },
});
