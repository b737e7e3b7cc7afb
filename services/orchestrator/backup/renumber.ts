// How does a restored database differ from its set? By its epoch and one audit row; and it is checked before.
import { referencedDigests } from '../files/referenced.ts';
import { createBatches } from '../store/batches.ts';
import { prepareCommit } from '../store/commit.ts';
import { StoreFailure } from '../store/failure.ts';
import { openMark } from '../store/mark.ts';
import { openDatabase, readMeta } from '../store/open.ts';
import type { Manifest } from './manifest.ts';
import { blobPath } from './paths.ts';
import { checkedJobs } from './rehearse.ts';

/**
 * Epochs count the starts, and leases are numbered in them. What was started after the backup is forgotten by now, so
 * its numbers must not come again: seconds since 1970 are ahead of any count of starts, and of an earlier restore.
 */
const epochAfter = (epoch: number, wall: number): number => Math.max(epoch + 1, Math.floor(wall / 1000));

/** Rejects with StoreFailure when an orchestrator would not start in `folder`, or lacks a blob that `manifest` promises. */
export const renumber = async (folder: string, manifest: Manifest, wall: number): Promise<void> => {
  const database = openDatabase(folder);
  try {
    const held = new Set([...manifest.files.map(({ path }) => path), ...manifest.missing.map(blobPath)]);
    const needed = [...referencedDigests(checkedJobs(database))];
    const absent = needed.filter((digest) => !held.has(blobPath(digest)));
    if (absent.length > 0)
      throw new StoreFailure('untrusted', `the backup lacks blobs that jobs name: ${absent.slice(0, 10).join(' ')}`);
    const { counter, epoch, next_job_number } = readMeta(database) ?? { epoch: 0, counter: 0, next_job_number: 1 };
    const commit = prepareCommit(database);
    const mark = openMark(folder);
    const { madeAt } = manifest;
    await createBatches(
      async (batch) => mark.write(commit(batch)),
      () => {},
    ).apply(
      [
        { table: 'meta', epoch: epochAfter(epoch, wall), counter, nextJobNumber: next_job_number },
        { table: 'audit', row: { action: 'state.restored', target: 'store', outcome: 'done', detail: { madeAt } } },
      ],
      wall,
    );
    mark.close();
  } finally {
    database.close();
  }
};
