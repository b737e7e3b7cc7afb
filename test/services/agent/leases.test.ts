// Does a job run only under a lease that holds? (I4, I5, I6)
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { arena, eventually, pidsWith, startAgentProcess } from '../../support/agent-process.ts';

test('nothing starts before the accept was answered with success', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env, folder } = await arena(t);
  const started = join(folder, 'started');
  let refusals = 3;
  orchestrator.reply = ({ route }) => {
    if (route !== 'accept' || refusals-- <= 0) return undefined;
    assert.equal(existsSync(started), false);
    return refusals === 1 ? 'cut' : { status: 503 };
  };
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['touch', started] });
  await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(existsSync(started), true);
  assert.equal(orchestrator.of('accept').length, 4);
});

test('an offer whose accept is refused as stale is dropped', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env, folder } = await arena(t);
  orchestrator.reply = ({ route, body }) =>
    route === 'accept' && body.job === 'gone'
      ? { status: 409, json: { error: { code: 'stale_lease', message: '' } } }
      : undefined;
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('gone', { command: ['touch', join(folder, 'started')] });
  await orchestrator.until(() => orchestrator.of('accept').length > 0);
  orchestrator.offer('next', { command: ['true'] });
  await orchestrator.until(() => orchestrator.ended('next'));
  assert.equal(existsSync(join(folder, 'started')), false);
  assert.equal(orchestrator.ended('gone'), undefined);
});

test('an offer that came twice, and was listed as well, runs once', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env, folder } = await arena(t);
  orchestrator.offer('j1', {
    command: ['sh', '-c', `echo run >>${join(folder, 'runs')}; sleep 0.3; cat ${join(folder, 'runs')}`],
  });
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('accept').length > 0);
  orchestrator.offer('j1', { command: ['false'] });
  await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(orchestrator.logs.get('j1')?.toString(), 'run\n');
});

test('without an accepted heartbeat the job stops at ttl − margin, and says so later', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  Object.assign(orchestrator.times, { heartbeatMs: 100, ttlMs: 6000, marginMs: 4500 });
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sleep', '61234.5'] });
  const named = () => orchestrator.of('heartbeat').filter(({ body }) => body.leases.length === 1);
  await orchestrator.until(() => named().length > 1);
  const renewedMs = named().at(-1)?.atMs ?? 0;
  orchestrator.reply = () => 'cut';
  await eventually(() => pidsWith('61234.5').length === 0);
  const livedMs = performance.now() - renewedMs;
  assert.ok(livedMs > 1500 - 300 && livedMs < 1500 + 1000, `lived ${livedMs} ms after its last renewal`);
  orchestrator.reply = () => undefined;
  const report = await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(report.cause, 'fenced');
});

test('an agent that was stopped past its lease fences the job before it says anything', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env, folder } = await arena(t);
  Object.assign(orchestrator.times, { heartbeatMs: 100, ttlMs: 6000, marginMs: 4500 });
  const { child } = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  // What is running at the first word after the wake-up is asked by the job's own trace: it ends on TERM.
  const [listens, trace] = [join(folder, 'listens'), join(folder, 'ended')];
  orchestrator.offer('j1', {
    command: ['sh', '-c', `trap 'touch ${trace}; exit 1' TERM; touch ${listens}; while :; do sleep 0.01; done`],
  });
  await eventually(() => existsSync(listens));
  child.kill('SIGSTOP');
  await new Promise((done) => setTimeout(done, 1900));
  child.kill('SIGCONT');
  const report = await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(report.cause, 'fenced');
  assert.equal(existsSync(trace), true);
});

test('what the orchestrator abandons is stopped and never reported', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sleep', '61235.5'] });
  await eventually(() => pidsWith('61235.5').length === 1);
  orchestrator.abandon.add('j1');
  await eventually(() => pidsWith('61235.5').length === 0);
  const beats = orchestrator.of('heartbeat').length;
  await orchestrator.until(() => orchestrator.of('heartbeat').length > beats + 2);
  assert.deepEqual(orchestrator.of('heartbeat').at(-1)?.body.leases, []);
  assert.equal(orchestrator.ended('j1'), undefined);
});

test('a cancel that the stream lost comes with the next heartbeat', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sleep', '600'] });
  await orchestrator.until(() => orchestrator.of('accept').length > 0);
  orchestrator.cancel.add('j1');
  const report = await orchestrator.until(() => orchestrator.ended('j1'));
  assert.equal(report.cause, 'cancelled');
});

test('a cut stream is opened again after a register that claims what runs', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('kept', { command: ['sh', '-c', 'sleep 1.5'] });
  orchestrator.offer('lost', { command: ['sleep', '61236.5'] });
  await eventually(() => pidsWith('61236.5').length === 1);
  orchestrator.abandoned.add('lost');
  orchestrator.cutStreams();
  await orchestrator.until(() => orchestrator.of('stream').length > 1);
  const claims = orchestrator.of('register').at(-1)?.body.claims;
  assert.deepEqual(claims, [
    { job: 'kept', fence: orchestrator.fence },
    { job: 'lost', fence: orchestrator.fence },
  ]);
  await eventually(() => pidsWith('61236.5').length === 0);
  assert.equal((await orchestrator.until(() => orchestrator.ended('kept'))).cause, 'succeeded');
  assert.equal(orchestrator.ended('lost'), undefined);
});
