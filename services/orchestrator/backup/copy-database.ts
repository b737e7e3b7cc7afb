// How is the database of a running orchestrator copied? By SQLite itself, as it stood at one moment.
import { chmodSync, copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { StoreFailure } from '../store/failure.ts';
import { readMark } from '../store/mark.ts';
import { databaseFile, markFile } from './paths.ts';

/** Every page in one step: between two, a commit would make it begin anew. */
const allPages = 2 ** 31 - 1;
const busyMs = 5_000;
const markTries = 20;
const markWaitMs = 10;

/** A mark is overwritten at each commit: a copy that met one is taken again. */
const copyMark = async (state: string, to: string): Promise<void> => {
  const [from, copy] = [join(state, markFile), join(to, markFile)];
  for (let left = markTries - 1; ; left--) {
    // Empty: nothing was ever committed.
    if ((statSync(from, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
    copyFileSync(from, copy);
    try {
      readMark(to);
      return;
    } catch (error) {
      rmSync(copy);
      if (left === 0) throw new StoreFailure('untrusted', `${from} is damaged`, error);
      await setTimeout(markWaitMs);
    }
  }
};

/** Copies the database of `state`, and the mark that it must not be behind, into the folder `to`. */
export const copyDatabase = async (state: string, to: string): Promise<void> => {
  const source = join(state, databaseFile);
  if (!existsSync(source) || statSync(source).size === 0)
    throw new StoreFailure('failed', `${state}: expected the state of an orchestrator, found no ${databaseFile}`);
  // Before the database, so that the copy is never older than its mark.
  await copyMark(state, to);
  const target = join(to, databaseFile);
  const database = new DatabaseSync(source, { readOnly: true, timeout: busyMs });
  try {
    await backup(database, target, { rate: allPages });
  } finally {
    database.close();
  }
  chmodSync(target, 0o600);
  // One file that stands alone, without a log beside it.
  const copy = new DatabaseSync(target);
  try {
    copy.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
};
