// Which worker or invite has this token, and which jobs this idempotency key? Lookups that follow from the rows.
import type { Change, State } from '../scheduling/index.ts';

export type Indexes = {
  /** Worker id by the SHA-256 (hex) of its token. */
  readonly workerByToken: Map<string, string>;
  /** Invite id by the SHA-256 (hex) of its token, also of those that are over. */
  readonly inviteByToken: Map<string, string>;
  /** Ids of the jobs of one submit, in its order, by its idempotency key. */
  readonly jobsByKey: Map<string, string[]>;
};

export const emptyIndexes = (): Indexes => ({
  workerByToken: new Map(),
  inviteByToken: new Map(),
  jobsByKey: new Map(),
});

/** To be called before `changes` reach `state`. */
export const indexChanges = (indexes: Indexes, state: State, changes: readonly Change[]): void => {
  for (const change of changes) {
    if (change.table === 'workers') {
      const before = state.workers.get(change.id);
      if (before && before.tokenHash !== change.row?.tokenHash) indexes.workerByToken.delete(before.tokenHash);
      if (change.row) indexes.workerByToken.set(change.row.tokenHash, change.id);
    } else if (change.table === 'invites') {
      if (change.row) indexes.inviteByToken.set(change.row.tokenHash, change.id);
      else indexes.inviteByToken.delete(state.invites.get(change.id)?.tokenHash ?? '');
    } else if (change.table === 'forgotten_jobs') {
      for (const id of change.ids) indexes.jobsByKey.delete(state.jobs.get(id)?.idempotencyKey ?? '');
    } else if (change.table === 'jobs' && change.row.idempotencyKey !== null && !state.jobs.has(change.row.id)) {
      const ids = indexes.jobsByKey.get(change.row.idempotencyKey) ?? [];
      ids.push(change.row.id);
      indexes.jobsByKey.set(change.row.idempotencyKey, ids);
    }
  }
};
