// Is the store as new as its last commit? A side file that may lag and can never lead (reliability c1).
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rowChecksum } from './checksum.ts';
import { StoreFailure } from './failure.ts';

/** The state of the store after one commit: how many batches it took, and the last link of the audit chain. */
export type Mark = { readonly epoch: number; readonly batch: number; readonly chain: string };

/** Fixed, so that an overwrite never changes the file's length. */
const markBytes = 256;

const markPath = (folder: string): string => join(folder, 'muster.mark');

const formatMark = (mark: Mark): string =>
  `${mark.epoch} ${mark.batch} ${mark.chain} ${rowChecksum(mark.epoch, mark.batch, mark.chain)}\n`.padEnd(markBytes);

/** The mark of a folder, null without one. A mark that does not read back is untrusted (I21). */
export const readMark = (folder: string): Mark | null => {
  const path = markPath(folder);
  if (!existsSync(path)) return null;
  const [epoch, batch, chain = '', checksum] = readFileSync(path, 'utf8').trim().split(' ');
  const mark = { epoch: Number(epoch), batch: Number(batch), chain };
  if (checksum !== rowChecksum(mark.epoch, mark.batch, mark.chain))
    throw new StoreFailure('untrusted', `${path} is damaged; if the store is known to be whole, remove that file`);
  return mark;
};

/** Opens the mark for overwriting; `write` costs one small write and no fsync. */
export const openMark = (folder: string): { readonly write: (mark: Mark) => void; readonly close: () => void } => {
  const isNew = !existsSync(markPath(folder));
  const file = openSync(markPath(folder), isNew ? 'w+' : 'r+', 0o600);
  if (!isNew) ftruncateSync(file, markBytes);
  let synced = !isNew;
  return {
    write: (mark) => {
      writeSync(file, formatMark(mark), 0, 'utf8');
      // Once, so that a power loss right after the first start cannot leave an empty mark.
      if (!synced) fsyncSync(file);
      synced = true;
    },
    close: () => closeSync(file),
  };
};
