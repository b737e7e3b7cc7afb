// Does every route refuse whoever it is not for?
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Access } from '../../../../services/orchestrator/doors/server.ts';
import { startOrchestrator } from '../support/orchestrator.ts';
import { registerAgent } from '../support/scripted-agent.ts';

const filled = (url: string): string => url.replace(/:[a-z]+/g, 'x').replace('*', 'x');

test('without a credential every route but /health, /ready and /install.sh refuses, before it reads a body', async (t) => {
  const { running, client } = await startOrchestrator(t);
  const nobody = { ...client(''), headers: {} };
  const open = running.routes.filter(({ access }) => access === 'open').map(({ url }) => url);
  assert.deepEqual(open, ['/install.sh', '/health', '/ready']);
  assert.ok(running.routes.length > 30);
  for (const { method, url, access } of running.routes.filter((route) => route.access !== 'open')) {
    const answer = await nobody.call(method, filled(url), { headers: { authorization: '' } });
    const expected = access === 'compatible' ? 422 : 401;
    assert.equal(answer.status, expected, `${method} ${url}`);
    if (expected === 401) assert.equal(answer.headers['www-authenticate'], 'Bearer', `${method} ${url}`);
  }
});

test('a known credential opens only the routes that are for it', async (t) => {
  const bench = await startOrchestrator(t);
  const metrics = readFileSync(join(bench.folder, 'secrets', 'metrics', 'token'), 'utf8').trim();
  const secret = bench.classSecret('worker-01');
  const agent = await registerAgent(bench, secret);
  const { json } = await bench.admin.post('/api/v1/invites', {});
  const holders: readonly (readonly [string, readonly Access[]])[] = [
    [bench.adminKey, ['admin', 'metrics', 'download']],
    [metrics, ['metrics']],
    [secret, ['register', 'download']],
    [agent.token, ['register', 'worker', 'download']],
    [json.token, ['join', 'download']],
  ];
  for (const [token, admitted] of holders)
    for (const { method, url, access } of bench.running.routes) {
      if (access === 'open' || access === 'compatible' || admitted.includes(access)) continue;
      const { status } = await bench.client(token).call(method, filled(url));
      assert.equal(status, 403, `${token.slice(0, 3)} ${method} ${url}`);
    }
  assert.equal((await bench.client(metrics).get('/metrics')).status, 200);
});

test('the 31st unknown token of an address in a minute is 429, while a valid one is served', async (t) => {
  const bench = await startOrchestrator(t);
  const stranger = bench.client('wt_unknown');
  const statuses = await Promise.all(
    Array.from({ length: 31 }, async () => (await stranger.get('/api/v1/jobs')).status),
  );
  assert.deepEqual(
    [statuses.filter((status) => status === 401).length, statuses.filter((status) => status === 429).length],
    [30, 1],
  );
  const limited = await stranger.get('/api/v1/jobs');
  assert.ok(Number(limited.headers['retry-after']) > 0);
  assert.equal((await bench.admin.get('/api/v1/jobs')).status, 200);
});

test('a key that is replaced in its file counts at once, and the old one no more', async (t) => {
  const bench = await startOrchestrator(t);
  writeFileSync(join(bench.folder, 'secrets', 'admin'), 'mk_another-and-longer-key');
  assert.equal((await bench.admin.get('/api/v1/jobs')).status, 401);
  assert.equal((await bench.client('mk_another-and-longer-key').get('/api/v1/jobs')).status, 200);
});

test('the token of a removed worker is 401 at once and its stream is reset', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await registerAgent(bench, bench.classSecret('worker-01'));
  const events = await agent.open();
  assert.equal((await bench.admin.call('DELETE', '/api/v1/workers/worker-01')).status, 204);
  assert.equal(await events.ended, 'reset');
  assert.equal((await agent.heartbeat([])).status, 401);
});
