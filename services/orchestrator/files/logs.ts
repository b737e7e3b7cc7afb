// Where do the logs of attempts lie, and who hears that one grew? Bytes as they came, addressed by offset.
import { EventEmitter, once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Bytes of log kept of one attempt. */
export const maxLogBytes = 256 * 1024 * 1024;

export type AppendEnd = { readonly held: number; readonly end: 'done' | 'gap' | 'full' };

export type Logs = {
  /** Appends what lies beyond the bytes held; an overlap is ignored, a gap or a full log ends it. */
  readonly append: (jobId: string, attempt: number, offset: number, bytes: Readable) => Promise<AppendEnd>;
  readonly size: (jobId: string, attempt: number) => Promise<number>;
  /** The bytes from `offset` up to `end` (exclusive). */
  readonly read: (jobId: string, attempt: number, offset: number, end: number) => Readable;
  /** Resolves when the log grew, `wake` was called for the job, or the signal aborted (rejects then). */
  readonly grown: (jobId: string, signal: AbortSignal) => Promise<unknown>;
  /** Tells whoever follows the job's logs that its state changed. */
  readonly wake: (jobId: string) => void;
  readonly collect: (isKnown: (jobId: string) => boolean) => Promise<void>;
};

type OpenLog = { file: Promise<FileHandle>; held: number; turn: Promise<void>; users: number };

/** Logs under `folder/<job>.<attempt>`; `folder` exists already. */
export const openLogs = (folder: string): Logs => {
  const news = new EventEmitter().setMaxListeners(0);
  const opened = new Map<string, OpenLog>();
  const nameOf = (jobId: string, attempt: number): string => `${jobId}.${attempt}`;

  const use = (name: string): OpenLog => {
    const known = opened.get(name);
    if (known) {
      known.users++;
      return known;
    }
    const log: OpenLog = { file: open(join(folder, name), 'a', 0o600), held: 0, turn: Promise.resolve(), users: 1 };
    log.turn = log.file.then(async (file) => {
      log.held = (await file.stat()).size;
    });
    opened.set(name, log);
    return log;
  };
  const release = async (name: string, log: OpenLog): Promise<void> => {
    if (--log.users > 0) return;
    opened.delete(name);
    await (await log.file).close();
  };

  /** Two senders of one log (a retry beside a half-dead connection) take turns chunk by chunk. */
  const inTurn = <T>(log: OpenLog, work: () => Promise<T>): Promise<T> => {
    const done = log.turn.then(work);
    log.turn = done.then(
      () => {},
      () => {},
    );
    return done;
  };

  const put = (log: OpenLog, at: number, chunk: Buffer): Promise<AppendEnd['end']> =>
    inTurn(log, async () => {
      if (at > log.held) return 'gap';
      const fresh = chunk.subarray(log.held - at);
      if (log.held + fresh.length > maxLogBytes) return 'full';
      if (fresh.length > 0) await (await log.file).appendFile(fresh);
      log.held += fresh.length;
      return 'done';
    });

  return {
    append: async (jobId, attempt, offset, bytes) => {
      const name = nameOf(jobId, attempt);
      const log = use(name);
      try {
        let at = offset;
        let end = await put(log, at, Buffer.alloc(0));
        if (end === 'done')
          for await (const chunk of bytes) {
            end = await put(log, at, chunk);
            if (end !== 'done') break;
            at += chunk.length;
            news.emit(jobId);
          }
        return { held: log.held, end };
      } finally {
        await release(name, log);
      }
    },
    size: async (jobId, attempt) => {
      try {
        return (await stat(join(folder, nameOf(jobId, attempt)))).size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
        throw error;
      }
    },
    read: (jobId, attempt, offset, end) =>
      createReadStream(join(folder, nameOf(jobId, attempt)), { start: offset, end: end - 1 }),
    grown: (jobId, signal) => once(news, jobId, { signal }),
    wake: (jobId) => void news.emit(jobId),
    collect: async (isKnown) => {
      for (const name of await readdir(folder))
        if (!isKnown(name.slice(0, name.lastIndexOf('.')))) await rm(join(folder, name), { force: true });
    },
  };
};
