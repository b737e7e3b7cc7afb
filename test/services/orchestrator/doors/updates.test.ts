// How is an update of agents asked for, told to them, and kept over a restart?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { UpdateView } from '../../../../services/protocol/index.ts';
import { newReleaseKey, signRelease } from '../../../../stacks/drivers/release.ts';
import { eventually } from '../../../support/clone.ts';
import { type Bench, startOrchestrator } from '../support/orchestrator.ts';
import { connectAgent, registerAgent, type ScriptedAgent } from '../support/scripted-agent.ts';

const updates = '/api/v1/updates';
const program = Buffer.from('the new agent');
const sha256 = createHash('sha256').update(program).digest('hex');
const release = { number: 5, version: '0.2.0', programs: { 'linux-x64': { sha256, bytes: program.length } } };
const signed = signRelease(release, newReleaseKey());
const [before, after] = ['a'.repeat(12), sha256.slice(0, 12)];

const say = (agent: ScriptedAgent, facts: object = {}) =>
  agent.client.post('/api/v1/agent/program', {
    ...{ session: agent.session, platform: 'linux-x64', release: before, refused: null, failed: null },
    ...facts,
  });

const upload = ({ admin }: Bench) => admin.call('PUT', `/api/v1/blobs/${sha256}`, { bytes: program });

/** By name its state, with the reason where there is one. */
const states = ({ workers }: UpdateView) =>
  Object.fromEntries(workers.map(({ name, state, why }) => [name, why === null ? state : `${state}: ${why}`]));

const statesOf = async ({ admin }: Bench) => states((await admin.get(updates)).json.update);

const two = async (t: TestContext, bench: Bench) => {
  const first = await connectAgent(t, bench);
  const second = await connectAgent(t, bench);
  for (const agent of [first, second]) assert.equal((await say(agent)).status, 200);
  return { first, second };
};

test('the canary is told soon, and with its heartbeat what to become; nobody else is', async (t) => {
  const bench = await startOrchestrator(t);
  const { first, second } = await two(t, bench);
  await upload(bench);
  const { json, status } = await bench.admin.post(updates, { ...signed, canary: second.name, deadlineSeconds: 20 });
  assert.equal(status, 201);
  assert.deepEqual(states(json.update), { [first.name]: 'waiting', [second.name]: 'switching' });
  await second.events.next('update');
  const told = { ...signed, deadlineSeconds: 20 };
  assert.deepEqual((await second.heartbeat([])).json.update, told);
  assert.equal((await first.heartbeat([])).json.update, undefined);
  const loaded = await second.client.get(`/api/v1/agent/program/${sha256}`);
  assert.deepEqual([loaded.status, loaded.text], [200, String(program)]);
});

test('only programs of the release are given out, and only to workers', async (t) => {
  const bench = await startOrchestrator(t);
  const { first } = await two(t, bench);
  await upload(bench);
  const path = `/api/v1/agent/program/${sha256}`;
  assert.equal((await first.client.get(path)).status, 403);
  await bench.admin.post(updates, signed);
  assert.equal((await bench.admin.get(path)).status, 403);
  assert.equal((await bench.client(bench.classSecret('worker-01')).get(path)).status, 403);
  assert.equal((await first.client.get(`/api/v1/agent/program/${'0'.repeat(64)}`)).status, 403);
  assert.equal((await first.client.post(updates, signed)).status, 403);
});

test('it goes on after a restart of the orchestrator, to its end', async (t) => {
  const bench = await startOrchestrator(t);
  const { first } = await two(t, bench);
  await upload(bench);
  await bench.admin.post(updates, { ...signed, provingSeconds: 1, workers: [first.name] });
  const again = await bench.restart();
  assert.deepEqual(await statesOf(again), { [first.name]: 'switching' });
  const back = await registerAgent(again, first.token);
  const events = await back.open();
  assert.deepEqual((await back.heartbeat([])).json.update.text, signed.text);
  await say(back, { release: after });
  await eventually('it is done', async () => (await statesOf(again))[first.name] === 'done');
  const { json } = await again.admin.get(updates);
  assert.deepEqual([json.update.phase, json.update.number], ['done', 5]);
  const { program: shown } = (await again.admin.get(`/api/v1/workers/${first.name}`)).json;
  assert.deepEqual(shown, { platform: 'linux-x64', release: after, refused: null });
  events.close();
});

test('one that fails halts it, and its reason is told', async (t) => {
  const bench = await startOrchestrator(t);
  const { first, second } = await two(t, bench);
  await upload(bench);
  await bench.admin.post(updates, { ...signed, canary: first.name });
  await say(first, { failed: { number: 5, why: 'it does not start' } });
  await eventually('it halts', async () => (await bench.admin.get(updates)).json.update.phase === 'halted');
  assert.deepEqual(await statesOf(bench), {
    [first.name]: 'failed: it does not start',
    [second.name]: 'skipped: the update halted before its turn',
  });
});

test('who says nothing of its program, or cannot be updated, is left out with the reason', async (t) => {
  const bench = await startOrchestrator(t);
  const old = await connectAgent(t, bench);
  const image = await connectAgent(t, bench);
  await say(image, { release: null, refused: 'an image is renewed by the deploy' });
  const { json } = await bench.admin.post(updates, signed);
  assert.deepEqual(states(json.update), {
    [old.name]: 'skipped: its agent is older than this: install it anew',
    [image.name]: 'skipped: an image is renewed by the deploy',
  });
  assert.equal(json.update.phase, 'done');
});

test('what cannot be is refused with the reason, and changes nothing', async (t) => {
  const bench = await startOrchestrator(t);
  const { first, second } = await two(t, bench);
  const said = async (body: object): Promise<readonly [number, string]> => {
    const { json, status } = await bench.admin.post(updates, { ...signed, ...body });
    return [status, json.error.message];
  };
  assert.deepEqual(await said({}), [422, `text: upload the program for linux-x64 first (${sha256})`]);
  await upload(bench);
  assert.deepEqual(await said({ text: '{}' }), [
    422,
    'text: expected a release: number, version and programs, found another text',
  ]);
  assert.deepEqual(await said({ workers: ['nobody'] }), [404, 'there is no worker nobody']);
  assert.deepEqual(await said({ class: 'other', canary: first.name }), [
    409,
    `${first.name} cannot be the canary: another class`,
  ]);
  await say(second, { refused: 'no' });
  assert.deepEqual(await said({ canary: second.name }), [409, `${second.name} cannot be the canary: no`]);
  assert.equal((await bench.admin.get(updates)).json.update, null);
  assert.equal((await bench.admin.post(updates, signed)).status, 201);
  assert.deepEqual(await said({}), [409, 'another update is under way: wait for its end, or abort it']);
  const { json } = await bench.admin.call('DELETE', updates);
  assert.deepEqual([json.update.phase, json.update.why], ['halted', 'it was aborted']);
});
