// Are jobs submitted once, all or none, and listed in their order?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepted, type Refused } from '../../../../services/orchestrator/doors/refused.ts';
import { startOrchestrator } from '../support/orchestrator.ts';

const submit = { command: ['true'] };
const key = { 'idempotency-key': 'one-and-only' };

test('the same Idempotency-Key with the same body gives the same job, with another body 409', async (t) => {
  const first = await startOrchestrator(t);
  const made = await first.admin.post('/api/v1/jobs', submit, key);
  const again = await first.admin.post('/api/v1/jobs', submit, key);
  assert.deepEqual([again.status, again.json.id], [201, made.json.id]);
  const other = await first.admin.post('/api/v1/jobs', { command: ['false'] }, key);
  assert.deepEqual([other.status, other.json.error.code], [409, 'key_reused']);
  const second = await first.restart();
  assert.equal((await second.admin.post('/api/v1/jobs', submit, key)).json.id, made.json.id);
  assert.equal((await second.admin.get('/api/v1/jobs')).json.jobs.length, 1);
});

test('submits with one key that race make one job', async (t) => {
  const { admin } = await startOrchestrator(t);
  const answers = await Promise.all(Array.from({ length: 5 }, () => admin.post('/api/v1/jobs', submit, key)));
  assert.equal(new Set(answers.map((answer) => answer.json.id)).size, 1);
});

test('a batch is made whole or not at all, and in its order', async (t) => {
  const { admin } = await startOrchestrator(t);
  const refused = await admin.post('/api/v1/jobs/batch', { jobs: [submit, { command: [] }] });
  assert.deepEqual([refused.status, refused.json.error.problems[0].path], [422, 'jobs/1/command']);
  assert.deepEqual((await admin.get('/api/v1/status')).json.jobs, {});
  const names = ['a', 'b', 'c'];
  const made = await admin.post('/api/v1/jobs/batch', { jobs: names.map((name) => ({ ...submit, name })) });
  assert.deepEqual(
    made.json.jobs.map((job: { name: string }) => job.name),
    names,
  );
});

test('a list is newest first, in pages, and by state', async (t) => {
  const { admin } = await startOrchestrator(t);
  const names = ['a', 'b', 'c', 'd', 'e'];
  await admin.post('/api/v1/jobs/batch', { jobs: names.map((name) => ({ ...submit, name })) });
  const seen: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const { json } = await admin.get(`/api/v1/jobs?limit=2${next === '' ? '' : `&before=${next}`}`);
    seen.push(...json.jobs.map((job: { name: string }) => job.name));
    next = json.next;
  }
  assert.deepEqual(seen, ['e', 'd', 'c', 'b', 'a']);
  const { json } = await admin.get('/api/v1/jobs?limit=1');
  await admin.post(`/api/v1/jobs/${json.jobs[0].id}/cancel`);
  const cancelled = await admin.get('/api/v1/jobs?state=cancelled');
  assert.deepEqual(
    cancelled.json.jobs.map((job: { name: string }) => job.name),
    ['e'],
  );
});

test('a prefix that names no job is 404, one that names several is 409', async (t) => {
  const { admin } = await startOrchestrator(t);
  await admin.post('/api/v1/jobs/batch', { jobs: Array.from({ length: 17 }, () => submit) });
  const { json } = await admin.get('/api/v1/jobs');
  const firsts: string[] = json.jobs.map((job: { id: string }) => job.id[0]);
  const repeated = firsts.find((digit, index) => firsts.indexOf(digit) !== index);
  assert.equal((await admin.get(`/api/v1/jobs/${repeated}`)).json.error.code, 'ambiguous_id');
  assert.equal((await admin.get('/api/v1/jobs/zz')).json.error.code, 'unknown_job');
});

test('an empty id names no job, also where there is only one', async (t) => {
  const { admin } = await startOrchestrator(t);
  const { json } = await admin.post('/api/v1/jobs', submit);
  const cancel = await admin.post('/api/v1/jobs//cancel');
  assert.deepEqual([cancel.status, cancel.json.error.message], [404, 'there is no job without an id']);
  assert.equal((await admin.get(`/api/v1/jobs/${json.id}`)).json.state, 'queued');
});

test('a full queue is 429 and says when to try again', () => {
  const message = '100000 jobs are queued, and at most 100000 may be';
  assert.throws(
    () => accepted({ ok: false, code: 'queue_full', message }),
    (refused: Refused) =>
      refused.status === 429 && refused.headers['retry-after'] === '10' && refused.message === message,
  );
});
