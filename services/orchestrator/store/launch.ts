// How does the store's thread start? From the file that this process runs, or from the copy inside a single executable.
import { getAsset, isSea } from 'node:sea';
import { Worker } from 'node:worker_threads';
import type { ThreadData } from './thread.ts';

/** Under this name a single executable holds its own bundle: a thread cannot be started from the executable itself. */
const bundleAsset = 'bundle';

/** `entry` is main.ts or the bundle; a single executable has no such file. */
export const launchThread = (entry: string, workerData: ThreadData): Worker =>
  isSea() ? new Worker(getAsset(bundleAsset, 'utf8'), { eval: true, workerData }) : new Worker(entry, { workerData });
