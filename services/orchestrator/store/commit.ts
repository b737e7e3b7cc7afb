// How does one batch become durable? One transaction: rows, audit and counters together.
import type { DatabaseSync } from 'node:sqlite';
import { chainLink } from './checksum.ts';
import { inviteChecksum, jobChecksum, rolloutChecksum, workerChecksum } from './load.ts';
import type { Mark } from './mark.ts';
import { auditText, metaChecksum, readMeta } from './open.ts';

/** What a batch writes, already as text. `meta` null leaves the counters as they are. */
export type Batch = {
  readonly meta: { readonly epoch: number; readonly counter: number; readonly nextJobNumber: number } | null;
  readonly jobs: readonly {
    readonly id: string;
    readonly number: number;
    readonly ended: number;
    readonly body: string;
  }[];
  /** Ids of jobs to delete, after those of this batch were written. */
  readonly forgotten: readonly string[];
  readonly workers: readonly { readonly id: string; readonly body: string | null }[];
  readonly invites: readonly { readonly id: string; readonly body: string | null }[];
  /** Null: it stays as it is. */
  readonly rollout: string | null;
  readonly audit: readonly { readonly at: number; readonly body: string }[];
};

/** Audit rows that are kept, a few hundred MB; the oldest go first, and the chain holds from the oldest kept on. */
const keptAuditRows = 1_000_000;

/** Prepares the statements once; the returned function commits a batch and gives the mark to leave behind. */
export const prepareCommit = (database: DatabaseSync, keptAudit = keptAuditRows): ((batch: Batch) => Mark) => {
  const putJob = database.prepare(
    `INSERT INTO jobs (id, number, ended, body, checksum) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, body = excluded.body, checksum = excluded.checksum`,
  );
  const forgetJob = database.prepare('DELETE FROM jobs WHERE id = ?');
  const putWorker = database.prepare('INSERT OR REPLACE INTO workers (id, body, checksum) VALUES (?, ?, ?)');
  const removeWorker = database.prepare('DELETE FROM workers WHERE id = ?');
  const putInvite = database.prepare('INSERT OR REPLACE INTO invites (id, body, checksum) VALUES (?, ?, ?)');
  const removeInvite = database.prepare('DELETE FROM invites WHERE id = ?');
  const putRollout = database.prepare('INSERT OR REPLACE INTO rollout VALUES (1, ?, ?)');
  const putAudit = database.prepare('INSERT INTO audit (number, batch, at, body, chain) VALUES (?, ?, ?, ?, ?)');
  const pruneAudit = database.prepare('DELETE FROM audit WHERE number <= ?');
  const putMeta = database.prepare('INSERT OR REPLACE INTO meta VALUES (1, ?, ?, ?, ?, ?, ?)');
  const last = readMeta(database);
  let meta = last ?? { epoch: 0, counter: 0, next_job_number: 1, batch: 0, chain: '', checksum: '' };
  let auditNumber = Number(database.prepare('SELECT max(number) AS last FROM audit').get()?.last ?? 0);

  return (batch) => {
    const number = meta.batch + 1;
    let chain = meta.chain;
    let nextAudit = auditNumber;
    database.exec('BEGIN IMMEDIATE');
    for (const job of batch.jobs) putJob.run(job.id, job.number, job.ended, job.body, jobChecksum(job));
    for (const id of batch.forgotten) forgetJob.run(id);
    for (const { id, body } of batch.workers)
      if (body === null) removeWorker.run(id);
      else putWorker.run(id, body, workerChecksum({ id, body }));
    for (const { id, body } of batch.invites)
      if (body === null) removeInvite.run(id);
      else putInvite.run(id, body, inviteChecksum({ id, body }));
    if (batch.rollout !== null) putRollout.run(batch.rollout, rolloutChecksum({ body: batch.rollout }));
    for (const { at, body } of batch.audit) {
      const row = { number: ++nextAudit, batch: number, at, body };
      chain = chainLink(chain, auditText(row));
      putAudit.run(row.number, number, at, body, chain);
    }
    if (nextAudit > keptAudit) pruneAudit.run(nextAudit - keptAudit);
    const counters = batch.meta
      ? { epoch: batch.meta.epoch, counter: batch.meta.counter, next_job_number: batch.meta.nextJobNumber }
      : meta;
    const next = { ...meta, ...counters, batch: number, chain };
    putMeta.run(next.epoch, next.counter, next.next_job_number, next.batch, next.chain, metaChecksum(next));
    database.exec('COMMIT');
    meta = next;
    auditNumber = nextAudit;
    return { epoch: next.epoch, batch: next.batch, chain: next.chain };
  };
};
