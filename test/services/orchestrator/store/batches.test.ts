// Do many writers share one commit, in their order, and does each hear only of what is durable?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBatches } from '../../../../services/orchestrator/store/batches.ts';
import type { Batch } from '../../../../services/orchestrator/store/commit.ts';
import { job, submitChanges } from '../support/rows.ts';

/** A commit that is finished by hand. */
const heldCommits = () => {
  const started: { batch: Batch; finish: () => void; fail: (error: Error) => void }[] = [];
  let wake = () => {};
  return {
    commit: (batch: Batch): Promise<void> =>
      new Promise((finish, fail) => {
        started.push({ batch, finish, fail });
        wake();
      }),
    next: async () => {
      if (started.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return started.shift() as (typeof started)[number];
    },
  };
};

test('what comes while a commit runs goes into the next one, and acknowledgements keep their order', async () => {
  const commits = heldCommits();
  const sizes: number[] = [];
  const batches = createBatches(commits.commit, (rows) => sizes.push(rows));
  const acked: string[] = [];
  const apply = (number: number) => batches.apply(submitChanges(number), 0).then(() => acked.push(`job${number}`));
  const all = [apply(1), apply(2)];
  const first = await commits.next();
  all.push(
    apply(3),
    apply(4),
    batches.apply([], 0).then(() => acked.push('empty')),
  );
  assert.deepEqual([first.batch.jobs.map((job) => job.id), acked], [['job1', 'job2'], []]);
  first.finish();
  const second = await commits.next();
  assert.deepEqual(
    [second.batch.jobs.map((job) => job.id), acked],
    [
      ['job3', 'job4'],
      ['job1', 'job2'],
    ],
  );
  second.finish();
  await Promise.all(all);
  assert.deepEqual(
    [acked, sizes],
    [
      ['job1', 'job2', 'job3', 'job4', 'empty'],
      [4, 4],
    ],
  );
});

test('of a row that changes twice in one batch the last state is written', async () => {
  const commits = heldCommits();
  const batches = createBatches(commits.commit, () => {});
  const row = { ...job(1), state: 'cancelled' as const, finishedAt: 5 };
  const both = [batches.apply(submitChanges(1), 0), batches.apply([{ table: 'jobs', row }], 0)];
  const { batch, finish } = await commits.next();
  assert.deepEqual(batch.jobs, [{ id: 'job1', number: 1, ended: 1, body: JSON.stringify(row) }]);
  finish();
  await Promise.all(both);
});

test('a failed commit fails what gathered behind it too, and all that comes until it is resumed', async () => {
  const commits = heldCommits();
  const batches = createBatches(commits.commit, () => {});
  const results = [batches.apply(submitChanges(1), 0)];
  const first = await commits.next();
  results.push(batches.apply(submitChanges(2), 0));
  first.fail(new Error('no space'));
  for (const result of results) await assert.rejects(result, /no space/);
  await assert.rejects(batches.apply(submitChanges(3), 0), /no space/);
  batches.resume();
  const later = batches.apply(submitChanges(4), 0);
  (await commits.next()).finish();
  await later;
});
