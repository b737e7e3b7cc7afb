// Is a store believed only when every check of its open holds?
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '../../../../services/orchestrator/store/open.ts';
import { temporaryFolder } from '../support/orchestrator.ts';
import { job, openTestStore, someInvite, someRollout, someWorker, submitChanges } from '../support/rows.ts';

/** A folder with a store of two jobs and a worker in it, closed. */
const writtenFolder = async (t: TestContext): Promise<string> => {
  const folder = temporaryFolder(t);
  const store = openTestStore(t, folder);
  await store.load();
  await store.apply(
    [
      ...submitChanges(1),
      { table: 'workers', id: 'w_1', row: someWorker },
      { table: 'invites', id: 'i_1', row: someInvite },
      { table: 'rollout', row: someRollout },
    ],
    1000,
  );
  await store.apply(submitChanges(2), 2000);
  await store.close();
  return folder;
};

const alter = (folder: string, sql: string): void => {
  const database = new DatabaseSync(join(folder, 'muster.db'));
  database.exec(sql);
  database.close();
};

test('rows come back as they were written', async (t) => {
  const folder = await writtenFolder(t);
  const rows = await openTestStore(t, folder).load();
  assert.deepEqual(rows, {
    meta: { epoch: 1, counter: 0, nextJobNumber: 3 },
    jobs: [job(1), job(2)],
    workers: [someWorker],
    invites: [someInvite],
    rollout: someRollout,
  });
});

test('a store of the version before invites opens with all its rows, and takes invites', async (t) => {
  const folder = await writtenFolder(t);
  alter(folder, 'DROP TABLE invites; DROP TABLE rollout; PRAGMA user_version = 1');
  const store = openTestStore(t, folder);
  const { invites, jobs, workers } = await store.load();
  assert.deepEqual({ invites, jobs, workers }, { invites: [], jobs: [job(1), job(2)], workers: [someWorker] });
  await store.apply([{ table: 'invites', id: 'i_1', row: someInvite }], 3000);
  await store.close();
  assert.deepEqual((await openTestStore(t, folder).load()).invites, [someInvite]);
});

test('a store of the version before updates of agents opens with all its rows, and takes one', async (t) => {
  const folder = await writtenFolder(t);
  alter(folder, 'DROP TABLE rollout; PRAGMA user_version = 2');
  const store = openTestStore(t, folder);
  const { invites, rollout, workers } = await store.load();
  assert.deepEqual({ invites, rollout, workers }, { invites: [someInvite], rollout: null, workers: [someWorker] });
  const later = { ...someRollout, phase: 'halted', why: 'no reason' } as const;
  await store.apply([{ table: 'rollout', row: someRollout }], 3000);
  await store.apply([{ table: 'rollout', row: later }], 3001);
  await store.close();
  assert.deepEqual((await openTestStore(t, folder).load()).rollout, later);
});

test('a reopened database waits for its fsyncs: WAL, synchronous FULL, foreign keys, busy timeout', async (t) => {
  const database = openDatabase(await writtenFolder(t));
  const values = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map(
    (name) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0],
  );
  database.close();
  assert.deepEqual(values, ['wal', 2, 1, 5000]);
});

const damages: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
  [
    'a changed job',
    (folder) => alter(folder, `UPDATE jobs SET body = replace(body, 'true', 'fals') WHERE number = 1`),
    /job job1 is damaged/,
  ],
  [
    'a changed worker',
    (folder) => alter(folder, `UPDATE workers SET body = replace(body, 'worker-01', 'worker-02')`),
    /worker w_1 is damaged/,
  ],
  [
    'a changed invite',
    (folder) => alter(folder, `UPDATE invites SET body = replace(body, 'worker-01', 'worker-02')`),
    /invite i_1 is damaged/,
  ],
  [
    'a changed update',
    (folder) => alter(folder, `UPDATE rollout SET body = replace(body, 'canary', 'done')`),
    /row of the update is damaged/,
  ],
  ['changed counters', (folder) => alter(folder, 'UPDATE meta SET counter = 9'), /counters is damaged/],
  [
    'a changed audit row',
    (folder) => alter(folder, `UPDATE audit SET body = replace(body, 'done', 'gone') WHERE number = 1`),
    /audit row 1 was changed/,
  ],
  [
    'a missing newest audit row',
    (folder) => alter(folder, 'DELETE FROM audit WHERE number = 2'),
    /newest audit rows are missing/,
  ],
  ['a newer schema', (folder) => alter(folder, 'PRAGMA user_version = 4'), /schema version 4, this program knows 3/],
  ['a missing database', (folder) => rmSync(join(folder, 'muster.db')), /missing or empty, but 2 batches/],
  ['an empty database', (folder) => writeFileSync(join(folder, 'muster.db'), ''), /missing or empty/],
  ['a torn mark', (folder) => writeFileSync(join(folder, 'muster.mark'), '1 2 abc'), /muster.mark is damaged/],
  [
    'something else in its place',
    (folder) => writeFileSync(join(folder, 'muster.db'), 'not a database'.repeat(500)),
    /damaged/,
  ],
];
for (const [what, damage, sentence] of damages) {
  test(`${what} is refused with one sentence`, async (t) => {
    const folder = await writtenFolder(t);
    damage(folder);
    await assert.rejects(openTestStore(t, folder).load(), (error: Error & { kind?: string }) => {
      assert.equal(error.kind, 'untrusted');
      assert.match(error.message, sentence);
      return true;
    });
  });
}

test('a store behind its mark is refused: acknowledged rows are missing', async (t) => {
  const folder = temporaryFolder(t);
  const store = openTestStore(t, folder);
  await store.load();
  await store.apply(submitChanges(1), 1000);
  await store.close();
  const older = readFileSync(join(folder, 'muster.db'));
  const again = openTestStore(t, folder);
  await again.load();
  await again.apply(submitChanges(2), 2000);
  await again.close();
  writeFileSync(join(folder, 'muster.db'), older);
  assert.equal(existsSync(join(folder, 'muster.db-wal')), false);
  await assert.rejects(openTestStore(t, folder).load(), /behind its commit mark \(batch 1 of 2\)/);
});

test('a mark that lags is no reason to refuse', async (t) => {
  const folder = temporaryFolder(t);
  const store = openTestStore(t, folder);
  await store.load();
  await store.apply(submitChanges(1), 1000);
  copyFileSync(join(folder, 'muster.mark'), join(folder, 'older.mark'));
  await store.apply(submitChanges(2), 2000);
  await store.close();
  copyFileSync(join(folder, 'older.mark'), join(folder, 'muster.mark'));
  assert.equal((await openTestStore(t, folder).load()).jobs.length, 2);
});

test('a second opener is told that another one runs; after a close it may open', async (t) => {
  const folder = await writtenFolder(t);
  const first = openTestStore(t, folder);
  await first.load();
  const second = openTestStore(t, folder);
  await assert.rejects(second.load(), {
    kind: 'locked',
    message: `another orchestrator is running on ${folder}; stop it first`,
  });
  await first.close();
  assert.equal((await second.load()).jobs.length, 2);
});
