// Does an invite let one machine in, at any race, restart or delay, and say clearly why it does not?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { agentPaths, type InviteCreated, type InviteList } from '../../../../services/protocol/index.ts';
import { type Bench, startOrchestrator, testClass } from '../support/orchestrator.ts';
import { registerAgent } from '../support/scripted-agent.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const invite = async (bench: Bench, body: object = {}): Promise<InviteCreated> =>
  (await bench.admin.post('/api/v1/invites', body)).json;

const joinAs = (bench: Bench, { token }: Pick<InviteCreated, 'token'>, own: string) =>
  bench.client(token).post(agentPaths.join, { tokenHash: hashOf(own) });

const listed = async (bench: Bench) =>
  ((await bench.admin.get('/api/v1/invites')).json as InviteList).invites.map(({ state, worker }) => [state, worker]);

test('an invite is exchanged for a worker whose token the machine made; the database holds neither token', async (t) => {
  const bench = await startOrchestrator(t, { env: { MUSTER_PUBLIC_URL: 'https://ai.example.org/muster/' } });
  const created = await invite(bench, { name: 'node7', expiresSeconds: 60 });
  assert.match(created.token, /^mi_[A-Za-z0-9_-]{43}$/);
  const { class: className, name, state, url, worker } = created;
  assert.deepEqual(
    { className, name, state, url, worker },
    { className: 'worker-01', name: 'node7', state: 'open', url: 'https://ai.example.org/muster', worker: null },
  );
  assert.equal(Date.parse(created.expiresAt) - Date.parse(created.createdAt), 60_000);
  const joined = await joinAs(bench, created, 'wt_own');
  const agent = await registerAgent(bench, 'wt_own');
  assert.deepEqual(
    [joined.status, joined.json],
    [200, { workerId: agent.workerId, name: 'node7', class: 'worker-01' }],
  );
  assert.deepEqual([agent.registered.status, agent.registered.json.token, agent.name], [200, null, 'node7']);
  const { json } = await bench.admin.get('/api/v1/workers/node7');
  assert.deepEqual([json.class, json.labels], ['worker-01', { size: 'large' }]);
  assert.deepEqual(await listed(bench), [['used', 'node7']]);
  await bench.running.stop();
  const stored = readFileSync(join(bench.folder, 'muster.db'), 'latin1');
  assert.deepEqual(
    [created.token, 'wt_own', hashOf('wt_own')].map((text) => stored.includes(text)),
    [false, false, true],
  );
});

test('of twenty machines that use one invite at the same moment one wins, and all others are told', async (t) => {
  const bench = await startOrchestrator(t);
  const created = await invite(bench);
  const tokens = Array.from({ length: 20 }, (_, index) => `wt_machine-${index}`);
  const answers = await Promise.all(tokens.map((token) => joinAs(bench, created, token)));
  const winners = answers.filter(({ status }) => status === 200);
  const codes = new Set(
    answers.filter(({ status }) => status !== 200).map(({ json, status }) => [status, json.error.code].join()),
  );
  assert.deepEqual([winners.length, [...codes]], [1, ['410,invite_used']]);
  const winner = tokens[answers.findIndex(({ status }) => status === 200)] as string;
  assert.equal((await registerAgent(bench, winner)).registered.status, 200);
  assert.deepEqual((await bench.admin.get('/api/v1/workers')).json.workers.length, 1);
});

test('the same machine may ask as often as it likes, at once and after a restart, and is one worker', async (t) => {
  const bench = await startOrchestrator(t);
  const created = await invite(bench);
  const unused = await invite(bench, { name: 'later' });
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => joinAs(bench, created, 'wt_own')));
  const later = await bench.restart();
  answers.push(await joinAs(later, created, 'wt_own'));
  assert.deepEqual(new Set(answers.map(({ text }) => text)).size, 1);
  assert.equal((await joinAs(later, created, 'wt_other')).status, 410);
  assert.equal((await joinAs(later, unused, 'wt_later')).json.name, 'later');
});

test('an invite that is unknown, used, expired or revoked is refused with its reason', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const bench = await startOrchestrator(t);
  const [used, revoked, expired] = [
    await invite(bench),
    await invite(bench),
    await invite(bench, { expiresSeconds: 60 }),
  ];
  await joinAs(bench, used, 'wt_first');
  assert.equal((await bench.admin.call('DELETE', `/api/v1/invites/${revoked.id}`)).status, 204);
  t.mock.timers.tick(60_000);
  const answers = await Promise.all(
    [{ token: 'mi_unknown' }, used, revoked, expired].map((one) => joinAs(bench, one, 'wt_second')),
  );
  assert.deepEqual(
    answers.map(({ json, status }) => [status, json.error.code, json.error.message]),
    [
      [401, 'unauthorized', 'this key or token is not known'],
      [410, 'invite_used', 'this invite was used by another machine, or its worker was removed; ask for another one'],
      [410, 'invite_revoked', 'this invite was revoked; ask for another one'],
      [410, 'invite_expired', 'this invite has expired; ask for another one'],
    ],
  );
  assert.equal((await bench.admin.call('DELETE', '/api/v1/invites/i_none')).status, 404);
  assert.equal((await bench.admin.call('DELETE', `/api/v1/invites/${used.id}`)).status, 409);
});

test('a class must be there; without a name the only one is meant', async (t) => {
  const other = { name: 'gpu', maxReplicas: 1, labels: {} };
  const bench = await startOrchestrator(t, { classes: [testClass, other] });
  const said = async (body: object) => {
    const { json, status } = await bench.admin.post('/api/v1/invites', body);
    return [status, json.error?.message ?? json.class];
  };
  assert.deepEqual(
    [await said({ class: 'gpu' }), await said({}), await said({ class: 'gpus' })],
    [
      [201, 'gpu'],
      [422, 'expected a class, one of: worker-01, gpu'],
      [422, 'expected a class that is there (worker-01, gpu), got "gpus"'],
    ],
  );
  const created = await invite(bench, { class: 'gpu' });
  const later = await bench.restart({ classes: [testClass] });
  assert.deepEqual((await joinAs(later, created, 'wt_own')).json.error.code, 'unknown_class');
  const without = await later.restart({ classes: [] });
  assert.match((await without.admin.post('/api/v1/invites', {})).json.error.message, /knows no class/);
});

test('a name that a worker or an open invite has is refused, and so is what is not an invite', async (t) => {
  const bench = await startOrchestrator(t);
  await invite(bench, { name: 'node7' });
  await registerAgent(bench, bench.classSecret('worker-01'));
  const said = async (body: object) => {
    const { json, status } = await bench.admin.post('/api/v1/invites', body);
    return [status, json.error.message];
  };
  assert.deepEqual(await said({ name: 'node7' }), [
    409,
    'there is an open invite named node7; choose another name, or remove that one',
  ]);
  assert.deepEqual((await said({ name: 'worker-01' }))[0], 409);
  for (const body of [{ expiresSeconds: 59 }, { expiresSeconds: 2_592_001 }, { name: 'a\nb' }, { authority: 'x' }])
    assert.equal((await said(body))[0], 422, JSON.stringify(body));
});

test('a member of a class never takes over the record of an invited machine, nor its place in the class', async (t) => {
  const bench = await startOrchestrator(t, { classes: [{ ...testClass, maxReplicas: 1 }] });
  await joinAs(bench, await invite(bench), 'wt_invited');
  const member = await registerAgent(bench, bench.classSecret('worker-01'));
  const invited = await registerAgent(bench, 'wt_invited');
  assert.deepEqual(
    [member, invited].map(({ name, registered }) => [registered.status, name]),
    [
      [200, 'worker-01-2'],
      [200, 'worker-01'],
    ],
  );
});

test('a token of another worker cannot be claimed with an invite', async (t) => {
  const bench = await startOrchestrator(t);
  const member = await registerAgent(bench, bench.classSecret('worker-01'));
  const answer = await joinAs(bench, await invite(bench), member.token);
  assert.deepEqual([answer.status, answer.json.error.code], [409, 'token_taken']);
});
