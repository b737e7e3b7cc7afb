// What does a state look like that is worth a backup? Rows of jobs, and the blobs and logs that belong to them.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { type Made, makeBackup } from '../../../../services/orchestrator/backup/make.ts';
import type { DurableChange, Store } from '../../../../services/orchestrator/store/index.ts';
import { JobSpec } from '../../../../services/protocol/index.ts';
import { queuedJob } from '../../../../services/scheduling/index.ts';
import { temporaryFolder } from './orchestrator.ts';
import { openTestStore } from './rows.ts';

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
export const blobOf = (folder: string, text: string): string =>
  join(folder, 'blobs', digestOf(text).slice(0, 2), digestOf(text));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
};

export type KeptState = {
  readonly state: string;
  readonly to: string;
  readonly store: Store;
  /** A job that reads `text` and has written `log`. */
  readonly add: (number: number, text: string, log: string) => Promise<void>;
  /** At its own time: the first one at 1, in seconds since 1970. */
  readonly backup: (keep?: number) => Promise<Made>;
};

/** A folder with a store, closed after the test at the latest. */
export const keptState = async (t: TestContext): Promise<KeptState> => {
  const [state, to] = [temporaryFolder(t), join(temporaryFolder(t), 'sets')];
  const store = openTestStore(t, state);
  await store.load();
  let second = 0;
  return {
    state,
    to,
    store,
    add: async (number, text, log) => {
      write(blobOf(state, text), text);
      write(join(state, 'logs', `job${number}.1`), log);
      const input = { path: 'in', digest: digestOf(text), size: text.length };
      const spec = JobSpec.parse({ command: ['true'], inputs: [input] });
      const row = queuedJob(`job${number}`, number, spec, null, 1000);
      const changes: DurableChange[] = [
        { table: 'meta', epoch: 3, counter: 5, nextJobNumber: number + 1 },
        { table: 'jobs', row },
        { table: 'audit', row: { action: 'job.submitted', target: row.id, outcome: 'done', detail: {} } },
      ];
      await store.apply(changes, 0);
    },
    backup: (keep = 7) => makeBackup({ state, to, keep, wall: ++second * 1000, version: '0.0.1' }),
  };
};

/** The names of sets, as the n-th backup of a test has them. */
export const setOf = (second: number): string => `1970-01-01T00-00-${String(second).padStart(2, '0')}-000Z`;

/** Every file below a folder with its text, but for databases and what opens them. */
export const textsIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/muster\.(?:db|mark|lock)|\.lock$|manifest/.test(path))
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

export const inodeOf = (path: string): number => statSync(path).ino;
