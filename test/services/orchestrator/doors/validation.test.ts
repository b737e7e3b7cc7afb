// Are wrong bodies refused with everything that is wrong with them?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrchestrator } from '../support/orchestrator.ts';

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const digest = 'a'.repeat(64);

const bodies: readonly (readonly [string, unknown, number, readonly string[]])[] = [
  ['no body', undefined, 422, [': expected object, got undefined']],
  ['no JSON', '{', 422, []],
  ['no command', {}, 422, ['command: expected array, got undefined']],
  [
    'several problems',
    { command: [], gpus: -1, labels: { 'a b': 'c' }, colour: 'red' },
    422,
    [
      'command: expected array to have >=1 items',
      'labels/a b: expected 1 to 63 of A-Z a-z 0-9 . _ / -',
      'gpus: expected number to be >=0',
      'colour: unknown key',
    ],
  ],
  [
    'a nest of 33 levels',
    `{"command":["x"],"labels":${nested(32)}}`,
    422,
    [`${'labels'}${'/0'.repeat(31)}: expected at most 32 levels`],
  ],
  ['a very deep nest', nested(100_000), 422, [`0${'/0'.repeat(31)}: expected at most 32 levels`]],
  [
    'a key __proto__',
    '{"command":["x"],"environment":{"__proto__":{}}}',
    422,
    ['environment: the key __proto__ is not allowed'],
  ],
  ['more than 1 MiB', { command: ['x'.repeat(1024 * 1024)] }, 413, []],
  [
    'an input that nobody uploaded',
    { command: ['x'], inputs: [{ path: 'a.txt', digest, size: 1 }] },
    422,
    [`inputs/0: upload it first: PUT /api/v1/blobs/${digest}`],
  ],
  [
    'a path that leaves its folder',
    { command: ['x'], inputs: [{ path: '../a', digest, size: 1 }] },
    422,
    ['inputs/0/path: expected a relative path without "." or ".." parts'],
  ],
];
test('each wrong body is refused with its problems, and makes no job', async (t) => {
  const { admin } = await startOrchestrator(t);
  for (const [what, body, status, problems] of bodies) {
    const answer = await admin.post('/api/v1/jobs', body);
    const found = (answer.json.error.problems ?? []).map(
      (each: { path: string; message: string }) => `${each.path}: ${each.message}`,
    );
    assert.deepEqual([answer.status, found], [status, problems], what);
  }
  assert.deepEqual((await admin.get('/api/v1/jobs')).json, { jobs: [], next: null });
});

test('a body is JSON whatever its content type says', async (t) => {
  const { admin } = await startOrchestrator(t);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await admin.call('POST', '/api/v1/jobs', { body: '{"command":["true"]}', headers });
  assert.equal(answer.status, 201);
});

test('unknown paths are 404 in the words of their door', async (t) => {
  const { admin } = await startOrchestrator(t);
  assert.equal((await admin.get('/api/v1/nothing')).json.error.code, 'unknown_route');
  for (const path of ['/api/queue', '/api/admin/workers', '/api/workers/queue', '/api/workers/job/j/status'])
    assert.deepEqual((await admin.get(path)).json, { detail: 'Not Found' }, path);
});

test('a path that cannot be decoded is refused in the same words as any other request', async (t) => {
  const { admin } = await startOrchestrator(t);
  const { status, json } = await admin.get('/api/v1/jobs/%ff');
  assert.deepEqual([status, json.error.code], [400, 'bad_request']);
});
