// Front door of the store: load rows, apply changes, know when they are durable.
import { once } from 'node:events';
import { createBatches, type DurableChange } from './batches.ts';
import { StoreFailure } from './failure.ts';
import { launchThread } from './launch.ts';
import type { Rows } from './load.ts';
import type { Answer, Call } from './thread.ts';

export { type DurableChange, isDurable } from './batches.ts';
export { StoreFailure } from './failure.ts';
export type { Rows } from './load.ts';

export type Store = {
  /** Opens (again) and reads all; throws StoreFailure. After a failed `apply` this is the only way back. */
  readonly load: () => Promise<Rows>;
  /** Resolves after the commit; an empty list resolves when everything given before is durable. */
  readonly apply: (changes: readonly DurableChange[], wall: number) => Promise<void>;
  /** Waits for what was applied, then closes and frees the lock. */
  readonly close: () => Promise<void>;
};

/**
 * Starts the store's thread. `entry` is the file that calls `serveStore` in a thread (main.ts, or the bundle), `folder`
 * exists already. `onBatch` hears of each commit: rows and milliseconds.
 */
export const startStore = (
  entry: string,
  folder: string,
  onBatch: (rows: number, durationMs: number) => void = () => {},
): Store => {
  const thread = launchThread(entry, { role: 'muster-store', folder });
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  thread.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
  let ended: StoreFailure | null = null;
  const end = (cause?: unknown): void => {
    ended ??= new StoreFailure('ended', 'the thread of the store ended', cause);
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  thread.on('error', end);
  thread.on('exit', () => end());
  const call = async (message: Call): Promise<Rows | undefined> => {
    if (ended) throw ended;
    const answer = await new Promise<Answer>((resolve, reject) => {
      waiting.push({ resolve, reject });
      thread.postMessage(message);
    });
    if (!answer.ok) throw new StoreFailure(answer.kind, answer.message);
    return answer.rows;
  };
  const batches = createBatches(async (batch) => void (await call({ type: 'commit', batch })), onBatch);
  return {
    load: async () => {
      const rows = await call({ type: 'load' });
      batches.resume();
      return rows as Rows;
    },
    apply: batches.apply,
    close: async () => {
      await batches.apply([], 0).catch(() => {});
      if (ended) return;
      const exited = once(thread, 'exit');
      await call({ type: 'close' });
      await exited;
    },
  };
};
