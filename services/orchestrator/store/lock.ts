// Who may write here? A lock for life that the kernel frees, whatever ends the process (reliability c1).
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreFailure, storeFailure } from './failure.ts';

/** statfs(2) magic numbers of file systems whose locks and fsyncs cannot be relied on. */
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
]);

/** An exclusive lock on a side file, held until the returned database closes or the process ends; null: somebody has it. */
export const lockFile = (path: string): DatabaseSync | null => {
  const lock = new DatabaseSync(path);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (storeFailure(error).kind === 'locked') return null;
    throw error;
  }
};

/** Takes the exclusive lock of a state folder, held until the returned database closes or the process ends. */
export const takeLock = (folder: string): DatabaseSync => {
  const network = networkFileSystems.get(statfsSync(folder).type);
  if (network) throw new StoreFailure('untrusted', `${folder} lies on ${network}; the store needs a local file system`);
  const lock = lockFile(join(folder, 'muster.lock'));
  if (!lock) throw new StoreFailure('locked', `another orchestrator is running on ${folder}; stop it first`);
  return lock;
};
