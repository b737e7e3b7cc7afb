// How far is a job, as it says itself in the file that MUSTER_PROGRESS_FILE names?
import { readFile, stat } from 'node:fs/promises';
import type { Clock } from './core/clock.ts';

const mostBytes = 16 * 1024;
const everyMs = 1000;

/** The file's JSON; undefined while there is none, when it is too large, or half written. */
export const readProgress = async (file: string): Promise<unknown> => {
  try {
    if ((await stat(file)).size > mostBytes) return undefined;
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** Calls `changed` with each new content until `over` aborts. */
export const watchProgress = async (
  file: string,
  clock: Clock,
  changed: (progress: unknown) => void,
  over: AbortSignal,
): Promise<void> => {
  for (let seenMs = 0; !over.aborted; await clock.wait(everyMs, over)) {
    const changedMs = (await stat(file).catch(() => null))?.mtimeMs ?? 0;
    if (changedMs === seenMs) continue;
    const progress = await readProgress(file);
    if (progress === undefined) continue;
    // Only now: what was half written may be whole in the same tick of the file system's clock.
    seenMs = changedMs;
    changed(progress);
  }
};
