// May this database be trusted? Every check of an open, in the order of reliability c1.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { chainLink, rowChecksum } from './checksum.ts';
import { StoreFailure } from './failure.ts';
import { readMark } from './mark.ts';
import { type AuditRow, type MetaRow, migrations, schema, schemaVersion } from './schema.ts';

const pragmas: readonly (readonly [string, string | number])[] = [
  ['journal_mode', 'wal'],
  ['synchronous', 2],
  ['foreign_keys', 1],
  ['busy_timeout', 5000],
  ['journal_size_limit', 64 * 1024 * 1024],
  ...(process.platform === 'darwin'
    ? ([
        ['fullfsync', 1],
        ['checkpoint_fullfsync', 1],
      ] as const)
    : []),
];

/** Sets each pragma and reads it back: defaults differ by build, and some are forgotten at a reopen. */
const setPragmas = (database: DatabaseSync): void => {
  for (const [name, wanted] of pragmas) {
    database.exec(`PRAGMA ${name} = ${wanted}`);
    const found = Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    if (found !== wanted) throw new StoreFailure('untrusted', `SQLite kept ${name} at ${found}, expected ${wanted}`);
  }
};

const checkVersion = (database: DatabaseSync, isNew: boolean): void => {
  const found = Number(Object.values(database.prepare('PRAGMA user_version').get() ?? {})[0]);
  if (found === 0 && isNew) {
    database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    return;
  }
  if (found < 1 || found > schemaVersion)
    throw new StoreFailure('untrusted', `the store has schema version ${found}, this program knows ${schemaVersion}`);
  for (let version = found; version < schemaVersion; version++)
    database.exec(`BEGIN IMMEDIATE; ${migrations[version]} PRAGMA user_version = ${version + 1}; COMMIT;`);
};

/** The last links of the audit chain, from the newest back; an edit or a gap among them is untrusted (I17). */
const checkAudit = (database: DatabaseSync, chain: string): void => {
  const rows = database.prepare('SELECT * FROM audit ORDER BY number DESC LIMIT 1000').all() as unknown as AuditRow[];
  if ((rows[0]?.chain ?? '') !== chain) throw new StoreFailure('untrusted', 'the newest audit rows are missing');
  for (const [index, row] of rows.entries()) {
    const previous = rows[index + 1];
    if (!previous && row.number > 1) break;
    const link = chainLink(previous?.chain ?? '', auditText(row));
    if (link !== row.chain || (previous && previous.number !== row.number - 1))
      throw new StoreFailure('untrusted', `audit row ${row.number} was changed, or the one before it is missing`);
  }
};

/** What the chain covers of an audit row. */
export const auditText = (row: Omit<AuditRow, 'chain'>): string => `${row.number} ${row.batch} ${row.at} ${row.body}`;

export const readMeta = (database: DatabaseSync): MetaRow | null => {
  const row = database.prepare('SELECT * FROM meta').get() as MetaRow | undefined;
  if (!row) return null;
  if (row.checksum !== metaChecksum(row)) throw new StoreFailure('untrusted', 'the row of counters is damaged');
  return row;
};

export const metaChecksum = (row: Omit<MetaRow, 'checksum'>): string =>
  rowChecksum(row.epoch, row.counter, row.next_job_number, row.batch, row.chain);

/** Opens the database of a state folder whose lock is held, or throws the reason not to (I21: never starts empty). */
export const openDatabase = (folder: string): DatabaseSync => {
  const path = join(folder, 'muster.db');
  const mark = readMark(folder);
  const isNew = !existsSync(path) || statSync(path).size === 0;
  if (mark && mark.batch > 0 && isNew)
    throw new StoreFailure('untrusted', `${path} is missing or empty, but ${mark.batch} batches were written to it`);
  const database = new DatabaseSync(path);
  try {
    setPragmas(database);
    checkVersion(database, isNew);
    const verdict = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    if (verdict !== 'ok') throw new StoreFailure('untrusted', `${path} fails its quick check: ${verdict}`);
    const meta = readMeta(database);
    const batch = meta?.batch ?? 0;
    if (mark && (batch < mark.batch || (batch === mark.batch && meta?.chain !== mark.chain)))
      throw new StoreFailure(
        'untrusted',
        `${path} is behind its commit mark (batch ${batch} of ${mark.batch}): acknowledged rows are missing`,
      );
    checkAudit(database, meta?.chain ?? '');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};
