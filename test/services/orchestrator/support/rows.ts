// What do the rows of a small store look like, and how does a test open one?

import type { TestContext } from 'node:test';
import { type DurableChange, type Store, startStore } from '../../../../services/orchestrator/store/index.ts';
import { JobSpec } from '../../../../services/protocol/index.ts';
import { type Invite, type Job, queuedJob, type Rollout, type Worker } from '../../../../services/scheduling/index.ts';
import { afterTest } from './cleanup.ts';
import { mainPath } from './orchestrator.ts';

export const job = (number: number): Job =>
  queuedJob(`job${number}`, number, JobSpec.parse({ command: ['true'] }), null, 1000);

export const someWorker: Worker = {
  id: 'w_1',
  name: 'worker-01',
  class: null,
  kind: 'muster',
  tokenHash: 'ab'.repeat(32),
  instance: null,
  adminLabels: {},
  reportedLabels: {},
  draining: false,
  capacity: null,
  isolation: null,
  version: null,
  createdAt: 1000,
};

export const someInvite: Invite = {
  id: 'i_1',
  tokenHash: 'cd'.repeat(32),
  class: 'worker-01',
  name: null,
  authority: null,
  createdAt: 1000,
  expiresAt: 2000,
  end: null,
};

export const someRollout: Rollout = {
  id: 'u_1',
  text: '{}',
  signature: '',
  release: { number: 1, version: '0.2.0', programs: {} },
  createdAt: 1000,
  deadlineMs: 60_000,
  provingMs: 30_000,
  canary: null,
  phase: 'canary',
  why: null,
  members: [],
};

/** One submit as its rows: counters, job, audit. */
export const submitChanges = (number: number): DurableChange[] => [
  { table: 'meta', epoch: 1, counter: 0, nextJobNumber: number + 1 },
  { table: 'jobs', row: job(number) },
  { table: 'audit', row: { action: 'job.submitted', target: `job${number}`, outcome: 'done', detail: {} } },
];

/** A store on `folder`, closed after the test at the latest. */
export const openTestStore = (t: TestContext, folder: string): Store => {
  const store = startStore(mainPath, folder);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= store.close());
  afterTest(t, close);
  return { ...store, close };
};
