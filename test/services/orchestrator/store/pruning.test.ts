// Does the store let go of what is old, and is the rest still whole?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Batch, prepareCommit } from '../../../../services/orchestrator/store/commit.ts';
import { openDatabase } from '../../../../services/orchestrator/store/open.ts';
import { temporaryFolder } from '../support/orchestrator.ts';
import { job, openTestStore, submitChanges } from '../support/rows.ts';

const batch = (rows: number): Batch => ({
  meta: null,
  jobs: [],
  forgotten: [],
  workers: [],
  invites: [],
  rollout: null,
  audit: Array.from({ length: rows }, () => ({ at: 1000, body: '{}' })),
});

test('the audit keeps its newest rows, and their chain still holds when it is opened again', (t) => {
  const folder = temporaryFolder(t);
  const database = openDatabase(folder);
  const commit = prepareCommit(database, 10);
  for (let count = 0; count < 5; count++) commit(batch(5));
  database.close();
  const again = openDatabase(folder);
  const { first, last } = again.prepare('SELECT min(number) AS first, max(number) AS last FROM audit').get() ?? {};
  assert.deepEqual([first, last], [16, 25]);
  again.close();
});

test('a forgotten job is gone for good, with the batch that says so', async (t) => {
  const folder = temporaryFolder(t);
  const store = openTestStore(t, folder);
  await store.load();
  await store.apply([...submitChanges(1), ...submitChanges(2)], 0);
  await store.apply([{ table: 'forgotten_jobs', ids: ['job1'] }], 0);
  assert.deepEqual((await store.load()).jobs, [job(2)]);
});
