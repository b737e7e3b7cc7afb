// What runs in the store's thread? The only owner of the database, so that an fsync never stalls a heartbeat.
import type { MessagePort } from 'node:worker_threads';
import { type Batch, prepareCommit } from './commit.ts';
import { type FailureKind, storeFailure } from './failure.ts';
import { loadRows, type Rows } from './load.ts';
import { takeLock } from './lock.ts';
import { openMark } from './mark.ts';
import { openDatabase } from './open.ts';

/** `workerData` by which the entry file knows that it is this thread. */
export type ThreadData = { readonly role: 'muster-store'; readonly folder: string };

export type Call =
  | { readonly type: 'load' }
  | { readonly type: 'commit'; readonly batch: Batch }
  | { readonly type: 'close' };
export type Answer =
  | { readonly ok: true; readonly rows?: Rows }
  | { readonly ok: false; readonly kind: FailureKind; readonly message: string };

const openStore = (folder: string) => {
  const database = openDatabase(folder);
  const mark = openMark(folder);
  const commit = prepareCommit(database);
  const close = () => {
    mark.close();
    database.close();
  };
  return { database, commit: (batch: Batch) => mark.write(commit(batch)), close };
};

/** Answers calls one by one. `load` closes what is open and opens anew, so it is also the way back after a failure. */
export const serveStore = (port: MessagePort, folder: string): void => {
  let lock: ReturnType<typeof takeLock> | null = null;
  let store: ReturnType<typeof openStore> | null = null;
  const shut = () => {
    try {
      store?.close();
    } finally {
      store = null;
    }
  };
  const answer = (call: Call): Answer => {
    switch (call.type) {
      case 'load':
        lock ??= takeLock(folder);
        shut();
        store = openStore(folder);
        return { ok: true, rows: loadRows(store.database) };
      case 'commit':
        if (!store) throw new Error('it is closed');
        store.commit(call.batch);
        return { ok: true };
      case 'close':
        shut();
        lock?.close();
        return { ok: true };
    }
  };
  port.on('message', (call: Call) => {
    try {
      port.postMessage(answer(call) satisfies Answer);
    } catch (error) {
      // A failed fsync is never retried on the same file: what the kernel dropped would look written (F4).
      shut();
      const { kind, message } = storeFailure(error);
      port.postMessage({ ok: false, kind, message } satisfies Answer);
    }
    if (call.type === 'close') port.close();
  });
};
