// How far is a job, as it says itself in the file that MUSTER_PROGRESS_FILE names?
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { Clock } from './core/clock.ts';

const mostBytes = 16 * 1024;
const everyMs = 1000;

// The job may be another user: a link would make the agent read its own secrets, a pipe would hold it up.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The file's JSON; undefined while there is none, when it is too large, half written or no plain file. */
export const readProgress = async (file: string): Promise<unknown> => {
  try {
    await using handle = await open(file, flags);
    const found = await handle.stat();
    if (!found.isFile() || found.size > mostBytes) return undefined;
    return JSON.parse(await handle.readFile('utf8'));
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
    const changedMs = (await lstat(file).catch(() => null))?.mtimeMs ?? 0;
    if (changedMs === seenMs) continue;
    const progress = await readProgress(file);
    if (progress === undefined) continue;
    // Only now: what was half written may be whole in the same tick of the file system's clock.
    seenMs = changedMs;
    changed(progress);
  }
};
