// Where does an attempt keep its files, and which attempts did an earlier agent leave here?
import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isPlainLease, markerOf } from '../core/leases.ts';
import { type AttemptRecord, parseAttempt, parseResult, type ResultRecord } from '../core/records.ts';
import { readText, writeDurably } from './durable.ts';

export type AttemptFolder = {
  readonly path: string;
  /** All that the job may change. While it runs it may be another user's. */
  readonly job: string;
  /** The job's working folder: inputs come here, outputs are taken from here. */
  readonly work: string;
  readonly tmp: string;
  readonly log: string;
  readonly pipe: string;
  readonly progress: string;
};

const folderAt = (path: string): AttemptFolder => ({
  path,
  job: join(path, 'job'),
  work: join(path, 'job/work'),
  tmp: join(path, 'job/tmp'),
  log: join(path, 'log'),
  pipe: join(path, 'job/pipe'),
  progress: join(path, 'job/progress.json'),
});

/** Makes `<jobs>/<job>.<fence>` (0700) and writes attempt.json, durably, before anything else happens. */
export const createAttemptFolder = async (jobs: string, record: AttemptRecord): Promise<AttemptFolder> => {
  const folder = folderAt(join(jobs, markerOf(record)));
  for (const path of [folder.path, folder.job, folder.work, folder.tmp])
    await mkdir(path, { recursive: true, mode: 0o700 });
  await writeDurably(join(folder.path, 'attempt.json'), JSON.stringify(record));
  return folder;
};

export const writeResult = (folder: AttemptFolder, result: ResultRecord): Promise<void> =>
  writeDurably(join(folder.path, 'result.json'), JSON.stringify(result));

const openUp = async (path: string): Promise<void> => {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await openUp(join(path, name));
};

export const removeAttemptFolder = async (folder: AttemptFolder): Promise<void> => {
  await rm(folder.path, { recursive: true, force: true }).catch(async () => {
    // Jobs leave read-only folders (Go's module cache does); their files cannot be removed before that is undone.
    await openUp(folder.path);
    await rm(folder.path, { recursive: true, force: true });
  });
};

export type Leftover = {
  readonly record: AttemptRecord;
  readonly folder: AttemptFolder;
  /** Null: the agent died before the attempt had ended. */
  readonly result: ResultRecord | null;
};

/** What an earlier agent left. Folders without a readable attempt.json never started anything and are removed. */
export const findLeftovers = async (jobs: string): Promise<readonly Leftover[]> => {
  await mkdir(jobs, { recursive: true, mode: 0o700 });
  const leftovers: Leftover[] = [];
  for (const name of (await readdir(jobs)).toSorted()) {
    const folder = folderAt(join(jobs, name));
    const record = parseAttempt(await readText(join(folder.path, 'attempt.json')));
    if (record === null || !isPlainLease(record) || markerOf(record) !== name) {
      await removeAttemptFolder(folder);
      continue;
    }
    leftovers.push({ record, folder, result: parseResult(await readText(join(folder.path, 'result.json'))) });
  }
  return leftovers;
};
