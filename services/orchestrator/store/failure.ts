// In which ways can the store fail, and how does a failure cross the thread?
import { constants } from 'node:os';

/** `locked`: another orchestrator has it. `untrusted`: I21, no start. `full`: no space. `failed`: any other I/O error.
 *  `ended`: the thread is gone, and nothing can be written again in this process. */
export type FailureKind = 'locked' | 'untrusted' | 'full' | 'failed' | 'ended';

export class StoreFailure extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

const sqliteBusy = 5;
const sqliteCorrupt = 11;
const sqliteFull = 13;
const sqliteNotADatabase = 26;

/** The failure behind any error met in the store thread (SQLite primary result codes: sqlite.org/rescode.html). */
export const storeFailure = (error: unknown): StoreFailure => {
  if (error instanceof StoreFailure) return error;
  const { errcode, errno, code, message } = error as {
    errcode?: number;
    errno?: number;
    code?: string;
    message: string;
  };
  const primary = (errcode ?? 0) & 0xff;
  if (
    primary === sqliteFull ||
    code === 'ENOSPC' ||
    errno === -constants.errno.ENOSPC ||
    errno === -constants.errno.EDQUOT
  )
    return new StoreFailure('full', `the disk under the store is full (${message})`, error);
  if (primary === sqliteCorrupt || primary === sqliteNotADatabase)
    return new StoreFailure('untrusted', `the store is damaged (${message})`, error);
  if (primary === sqliteBusy) return new StoreFailure('locked', `the store is locked (${message})`, error);
  return new StoreFailure('failed', `the store cannot be written (${message})`, error);
};
