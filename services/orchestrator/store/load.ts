// What does the store hold? Every row checked against its checksum before it is believed.
import type { DatabaseSync } from 'node:sqlite';
import type { Invite, Job, Rollout, Worker } from '../../scheduling/types.ts';
import { rowChecksum } from './checksum.ts';
import { StoreFailure } from './failure.ts';
import { readMeta } from './open.ts';
import type { InviteRow, JobRow, RolloutRow, WorkerRow } from './schema.ts';

export type Rows = {
  readonly meta: { readonly epoch: number; readonly counter: number; readonly nextJobNumber: number } | null;
  /** By order of submission. */
  readonly jobs: readonly Job[];
  readonly workers: readonly Worker[];
  readonly invites: readonly Invite[];
  readonly rollout: Rollout | null;
};

export const jobChecksum = (row: Omit<JobRow, 'checksum'>): string =>
  rowChecksum(row.id, row.number, row.ended, row.body);
export const workerChecksum = (row: Omit<WorkerRow, 'checksum'>): string => rowChecksum(row.id, row.body);

export const inviteChecksum = (row: Omit<InviteRow, 'checksum'>): string => rowChecksum(row.id, row.body);

export const rolloutChecksum = (row: Omit<RolloutRow, 'checksum'>): string => rowChecksum(row.body);

/** All rows of an opened store; one that fails its checksum is untrusted and named. */
export const loadRows = (database: DatabaseSync): Rows => {
  const jobs: Job[] = [];
  for (const each of database.prepare('SELECT * FROM jobs ORDER BY number').iterate()) {
    const row = each as JobRow;
    if (row.checksum !== jobChecksum(row)) throw new StoreFailure('untrusted', `the row of job ${row.id} is damaged`);
    jobs.push(JSON.parse(row.body));
  }
  const workers: Worker[] = [];
  for (const each of database.prepare('SELECT * FROM workers ORDER BY id').iterate()) {
    const row = each as WorkerRow;
    if (row.checksum !== workerChecksum(row))
      throw new StoreFailure('untrusted', `the row of worker ${row.id} is damaged`);
    workers.push(JSON.parse(row.body));
  }
  const invites: Invite[] = [];
  for (const each of database.prepare('SELECT * FROM invites ORDER BY id').iterate()) {
    const row = each as InviteRow;
    if (row.checksum !== inviteChecksum(row))
      throw new StoreFailure('untrusted', `the row of invite ${row.id} is damaged`);
    invites.push(JSON.parse(row.body));
  }
  const rollout = database.prepare('SELECT body, checksum FROM rollout').get() as RolloutRow | undefined;
  if (rollout && rollout.checksum !== rolloutChecksum(rollout))
    throw new StoreFailure('untrusted', 'the row of the update is damaged');
  const meta = readMeta(database);
  return {
    meta: meta && { epoch: meta.epoch, counter: meta.counter, nextJobNumber: meta.next_job_number },
    jobs,
    workers,
    invites,
    rollout: rollout ? JSON.parse(rollout.body) : null,
  };
};
