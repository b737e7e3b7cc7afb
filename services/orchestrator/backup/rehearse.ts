// Would an orchestrator start on this database? Every check of an open, and some that take longer.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Job } from '../../scheduling/types.ts';
import { StoreFailure } from '../store/failure.ts';
import { loadRows } from '../store/load.ts';
import { openDatabase } from '../store/open.ts';
import { databaseFile, markFile } from './paths.ts';

const single = (database: DatabaseSync, pragma: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];

/** `PRAGMA user_version` of a database that nobody writes. */
export const schemaOf = (path: string): number => {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(single(database, 'user_version'));
  } finally {
    database.close();
  }
};

/** The jobs of an open database; throws StoreFailure when a row, a page or an index is damaged. */
export const checkedJobs = (database: DatabaseSync): readonly Job[] => {
  const verdict = single(database, 'integrity_check(1)');
  if (verdict !== 'ok') throw new StoreFailure('untrusted', `the database fails its check: ${verdict}`);
  return loadRows(database).jobs;
};

/** Opens a copy of database and mark as an orchestrator would, migrations included; those of `folder` stay as they are. */
export const rehearse = (folder: string): readonly Job[] => {
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { mode: 0o700 });
  try {
    for (const file of [databaseFile, markFile])
      if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(scratch, file));
    const database = openDatabase(scratch);
    try {
      return checkedJobs(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
};
