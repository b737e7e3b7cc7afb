// How does a job's log reach the orchestrator? In chunks at offsets; after any trouble on from what is held there.
import { open } from 'node:fs/promises';
import { agentPaths } from '../../protocol/agent-paths.ts';
import type { Clock } from '../core/clock.ts';
import { type Client, isDone } from './client.ts';

const chunkBytes = 256 * 1024;
/** Output that comes within this time travels together. */
const gatherMs = 200;
const stepMs = 250;

export type LogShipper = {
  /** The file has grown. */
  wake(): void;
  /**
   * Ships what is left. Resolves when all is held, when it is refused, or after `limitMs`. Time in which nobody answers
   * does not count: a report would not arrive either.
   */
  finish(limitMs: number): Promise<void>;
};

export type Shipped = { readonly job: string; readonly fence: string; readonly file: string };

export const shipLog = (client: Client, clock: Clock, log: Shipped, signal: AbortSignal): LogShipper => {
  const query = `${agentPaths.logs}/${encodeURIComponent(log.job)}?fence=${encodeURIComponent(log.fence)}`;
  let offset = 0;
  let refused = false;
  let answered = true;
  let finishing = false;
  let shipping: Promise<void> | null = null;
  let again = false;
  let hurry = new AbortController();

  const readAt = async (position: number): Promise<Buffer> => {
    const handle = await open(log.file, 'r').catch(() => null);
    if (handle === null) return Buffer.alloc(0);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  };

  const shipRest = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted && !refused; ) {
      const bytes = await readAt(offset);
      if (bytes.length === 0) return;
      const answer = await client.call('PUT', `${query}&offset=${offset}`, { bytes }, signal).catch(() => null);
      answered = answer !== null && answer.status < 500;
      const held = (answer?.value as { offset?: unknown } | null | undefined)?.offset;
      // A conflict may say how much is held as well: then the next chunk begins there.
      if (answer && typeof held === 'number' && (isDone(answer) || answer.status === 409) && held !== offset) {
        offset = held;
        failures = 0;
      } else if (answer && answer.status >= 400 && answer.status < 500 && ![401, 408, 429].includes(answer.status)) {
        refused = answer.code !== 'stale_session';
        if (!refused) failures = await client.pause(failures, signal);
      } else failures = await client.pause(failures, signal);
    }
  };

  const loop = async (): Promise<void> => {
    do {
      if (!finishing) await clock.wait(gatherMs, hurry.signal);
      again = false;
      await shipRest();
    } while (again && !refused && !signal.aborted);
  };
  const wake = () => {
    again = true;
    shipping ??= loop().finally(() => {
      shipping = null;
      if (again && !refused && !signal.aborted) wake();
    });
  };
  return {
    wake,
    async finish(limitMs) {
      finishing = true;
      hurry.abort();
      hurry = new AbortController();
      wake();
      for (let leftMs = limitMs; shipping !== null && leftMs > 0; leftMs -= answered ? stepMs : 0) {
        const step = new AbortController();
        await Promise.race([shipping, clock.wait(stepMs, step.signal)]);
        step.abort();
      }
    },
  };
};
