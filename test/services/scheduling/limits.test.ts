// Is the number of jobs bounded, those that wait and those that ended? (reliability, section h)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobSpec } from '../../../services/protocol/index.ts';
import {
  applyChanges,
  decide,
  emptyState,
  type Job,
  queuedJob,
  type State,
} from '../../../services/scheduling/index.ts';
import { limits } from '../../../services/scheduling/limits.ts';

const spec = JobSpec.parse({ command: ['true'] });
const now = { mono: 0, wall: 0, random: 0 };
const times = {
  ...{ heartbeatMs: 1000, ttlMs: 10_000, graceMs: 1000, marginMs: 1000, acceptMs: 5000 },
  ...{ backoffBaseMs: 10, backoffMaxMs: 100 },
};
const submitOne = (state: State) =>
  decide(state, { type: 'submit', jobs: [{ id: 'new', spec, idempotencyKey: null }] }, now, times);

const withJobs = (jobs: readonly Job[]): State => {
  const state = emptyState();
  applyChanges(
    state,
    jobs.map((row) => ({ table: 'jobs', row })),
  );
  return state;
};
const ended = (number: number): Job => ({
  ...queuedJob(`job${number}`, number, spec, null, 0),
  state: 'succeeded',
  finishedAt: 1,
});

test('a submit beyond the longest queue is refused and changes nothing', () => {
  const full: State = { ...emptyState(), queue: Array.from({ length: limits.queued }, (_, index) => `job${index}`) };
  const { reply, changes } = submitOne(full);
  assert.deepEqual(reply, {
    ok: false,
    code: 'queue_full',
    message: '100000 jobs are queued, and at most 100000 may be',
  });
  assert.deepEqual(
    changes.map((change) => change.table),
    ['audit'],
  );
  assert.equal(submitOne({ ...full, queue: full.queue.slice(1) }).reply.ok, true);
});

test('the oldest ended jobs are forgotten beyond the limit, those that still wait never', () => {
  const waits = queuedJob('job0', 0, spec, null, 0);
  const surplus = limits.forgottenAtOnce;
  const jobs = Array.from({ length: limits.ended + surplus }, (_, index) => ended(index + 1));
  const state = withJobs([waits, ...jobs]);
  applyChanges(state, submitOne(state).changes);
  assert.deepEqual([...state.jobs.keys()].slice(0, 2), ['job0', `job${surplus + 1}`]);
  assert.equal(state.jobs.size, limits.ended + 2);
  const { changes } = submitOne(state);
  assert.ok(!changes.some((change) => change.table === 'forgotten_jobs'), 'not again for each submit');
});
