// Does one class secret open as many sessions as its class allows, each with a name and a token of its own?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentPaths } from '../../../../services/protocol/index.ts';
import { startOrchestrator, testClass } from '../support/orchestrator.ts';
import { connectAgent, idleLoad, registerAgent } from '../support/scripted-agent.ts';

test('members that come at the same moment get unique names and tokens, and the class is then full', async (t) => {
  const bench = await startOrchestrator(t);
  const secret = bench.classSecret('worker-01');
  const members = await Promise.all([1, 2, 3].map(() => registerAgent(bench, secret)));
  assert.deepEqual(members.map((member) => member.name).sort(), ['worker-01', 'worker-01-2', 'worker-01-3']);
  assert.equal(new Set(members.map((member) => member.token)).size, 3);
  const fourth = await registerAgent(bench, secret);
  assert.deepEqual([fourth.registered.status, fourth.registered.json.error.code], [409, 'class_full']);
});

test('the same instance is the same worker again, and its former token is dead', async (t) => {
  const bench = await startOrchestrator(t);
  const secret = bench.classSecret('worker-01');
  const first = await registerAgent(bench, secret, { instance: 'container-7' });
  const second = await registerAgent(bench, secret, { instance: 'container-7' });
  assert.deepEqual([second.workerId, second.name], [first.workerId, 'worker-01']);
  assert.notEqual(second.token, first.token);
  assert.equal((await first.heartbeat([])).status, 401);
  assert.equal((await second.heartbeat([])).status, 200);
});

test('a record that nobody uses is taken over, unless it is drained', async (t) => {
  const bench = await startOrchestrator(t);
  const secret = bench.classSecret('worker-01');
  const [first, second] = [await registerAgent(bench, secret), await registerAgent(bench, secret)];
  for (const { client, session } of [first, second]) await client.post(agentPaths.leave, { session });
  await bench.admin.post('/api/v1/workers/worker-01/drain');
  const third = await registerAgent(bench, secret);
  assert.deepEqual([third.name, third.workerId], ['worker-01-2', second.workerId]);
});

test('after a restart a new member that asks for its own name leaves the others their records', async (t) => {
  const bench = await startOrchestrator(t);
  const first = await registerAgent(bench, bench.classSecret('worker-01'), { name: 'worker-01' });
  const later = await bench.restart();
  const second = await registerAgent(later, later.classSecret('worker-01'), { name: 'worker-01-2' });
  assert.equal(second.name, 'worker-01-2');
  const again = await registerAgent(later, first.token, { name: 'worker-01' });
  assert.deepEqual([again.registered.status, again.name], [200, 'worker-01']);
});

test('a name of another class is not given', async (t) => {
  const bench = await startOrchestrator(t);
  const member = await registerAgent(bench, bench.classSecret('worker-01'), { name: 'worker-02' });
  assert.equal(member.name, 'worker-01');
});

test('a member with a name of its own beside that of its class keeps it, and leaves the records of others alone', async (t) => {
  const classes = ['gpu', 'gpu-large'].map((name) => ({ ...testClass, name }));
  const bench = await startOrchestrator(t, { classes });
  const register = async (className: string, name: string) =>
    (await registerAgent(bench, bench.classSecret(className), { name })).name;
  const first = await registerAgent(bench, bench.classSecret('gpu'), { name: 'gpu-i-0f3a' });
  await first.client.post(agentPaths.leave, { session: first.session });
  assert.deepEqual(
    [first.name, await register('gpu', 'gpu-i-0f3b'), await register('gpu-large', 'gpu-large-a.b')],
    ['gpu-i-0f3a', 'gpu-i-0f3b', 'gpu-large-a.b'],
  );
  const unused = await registerAgent(bench, bench.classSecret('gpu'), { name: 'gpu-i-0f3a' });
  assert.deepEqual([unused.name, unused.workerId], ['gpu-i-0f3a', first.workerId]);
  assert.equal(await register('gpu', 'gpu-large-2'), 'gpu', 'a name of the other class');
});

test('a name that others have, or that forges a line, is not given', async (t) => {
  const bench = await startOrchestrator(t);
  await bench.admin.post('/api/v1/workers', { name: 'worker-01-attic' });
  const register = async (name: string) => (await registerAgent(bench, bench.classSecret('worker-01'), { name })).name;
  assert.deepEqual(
    [await register('worker-01-attic'), await register('worker-01-"}'), await register('worker-01-')],
    ['worker-01', 'worker-01-2', 'worker-01-3'],
  );
});

test('the labels of the class win, and what the agent says of itself is shown', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench, { labels: { size: 'tiny', arch: 'x64' } });
  await agent.heartbeat([]);
  const { json } = await bench.admin.get('/api/v1/workers/worker-01');
  assert.deepEqual(
    [json.state, json.class, json.labels, json.cpus, json.memoryMiB, json.isolation, json.load],
    ['idle', 'worker-01', { size: 'large', arch: 'x64' }, 4, 8192, 'process-group', idleLoad],
  );
  assert.equal(agent.registered.json.heartbeatMs, 500);
});

test('a member that comes back with its own token gets the labels that its class has now', async (t) => {
  const bench = await startOrchestrator(t);
  const first = await registerAgent(bench, bench.classSecret('worker-01'));
  const later = await bench.restart({ classes: [{ ...testClass, labels: { size: 'huge' } }] });
  await registerAgent(later, first.token);
  assert.deepEqual((await later.admin.get('/api/v1/workers/worker-01')).json.labels, { size: 'huge' });
});

test('a worker that was created keeps its name and its token, which is shown once', async (t) => {
  const bench = await startOrchestrator(t);
  const created = await bench.admin.post('/api/v1/workers', { name: 'attic', labels: { gpu: 'no' } });
  assert.match(created.json.id, /^w_[0-9a-f]{16}$/);
  assert.match(created.json.token, /^wt_[A-Za-z0-9_-]{43}$/);
  assert.equal((await bench.admin.post('/api/v1/workers', { name: 'attic' })).json.error.code, 'name_taken');
  const agent = await registerAgent(bench, created.json.token, { name: 'something else' });
  assert.deepEqual([agent.name, agent.registered.json.token], ['attic', null]);
  const shown = await bench.admin.get('/api/v1/workers');
  assert.ok(!shown.text.includes(created.json.token));
});

test('a drain is told by the stream, outlives a restart, and is undone', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await connectAgent(t, bench);
  assert.equal((await bench.admin.post('/api/v1/workers/worker-01/drain')).json.state, 'draining');
  assert.deepEqual((await agent.events.next('drain')).data, { draining: true });
  const second = await bench.restart();
  const back = await registerAgent(second, agent.token);
  assert.equal(back.registered.json.draining, true);
  const undrained = await second.admin.call('DELETE', '/api/v1/workers/worker-01/drain');
  assert.equal(undrained.json.draining, false);
});

test('a stale session is told to register again, on every request that names one', async (t) => {
  const bench = await startOrchestrator(t);
  const agent = await registerAgent(bench, bench.classSecret('worker-01'));
  const old = { ...agent, session: 'f'.repeat(32) };
  const paths = [agentPaths.leave, agentPaths.heartbeat];
  const bodies = [{ session: old.session }, { session: old.session, seq: 0, leases: [], load: idleLoad }];
  for (const [index, path] of paths.entries())
    assert.equal((await agent.client.post(path, bodies[index])).json.error.code, 'stale_session', path);
  const stream = await agent.client.get(`${agentPaths.stream}?session=${old.session}`);
  assert.equal(stream.json.error.code, 'stale_session');
});
