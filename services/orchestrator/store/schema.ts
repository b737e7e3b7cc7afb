// Which tables does the store have?

/** PRAGMA user_version of a store that this program writes. */
export const schemaVersion = 3;

const invites = `
CREATE TABLE invites (id TEXT PRIMARY KEY, body TEXT NOT NULL, checksum TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

const rollout = `
CREATE TABLE rollout (
  one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL, checksum TEXT NOT NULL
) STRICT;
`;

/** By the version that a store has: what makes the next one of it. */
export const migrations: Readonly<Record<number, string>> = { 1: invites, 2: rollout };

/** Rows are JSON with a checksum over all columns; what is queried or ordered by has a column of its own. */
export const schema = `
CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL, counter INTEGER NOT NULL, next_job_number INTEGER NOT NULL,
  batch INTEGER NOT NULL, chain TEXT NOT NULL, checksum TEXT NOT NULL
) STRICT;
CREATE TABLE jobs (
  id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, ended INTEGER NOT NULL,
  body TEXT NOT NULL, checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE workers (id TEXT PRIMARY KEY, body TEXT NOT NULL, checksum TEXT NOT NULL) STRICT, WITHOUT ROWID;
${invites.trim()}
${rollout.trim()}
CREATE TABLE audit (
  number INTEGER PRIMARY KEY, batch INTEGER NOT NULL, at INTEGER NOT NULL,
  body TEXT NOT NULL, chain TEXT NOT NULL
) STRICT;
PRAGMA user_version = ${schemaVersion};
`;

export type MetaRow = {
  readonly epoch: number;
  readonly counter: number;
  readonly next_job_number: number;
  readonly batch: number;
  readonly chain: string;
  readonly checksum: string;
};
export type JobRow = {
  readonly id: string;
  readonly number: number;
  readonly ended: number;
  readonly body: string;
  readonly checksum: string;
};
export type RolloutRow = { readonly body: string; readonly checksum: string };
export type InviteRow = { readonly id: string; readonly body: string; readonly checksum: string };
export type WorkerRow = { readonly id: string; readonly body: string; readonly checksum: string };
export type AuditRow = {
  readonly number: number;
  readonly batch: number;
  readonly at: number;
  readonly body: string;
  readonly chain: string;
};
