// How does an agent leave? It finishes or hands back within its drain, and nothing holds it longer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arena, eventually, pidsWith, startAgentProcess } from '../../support/agent-process.ts';

test('SIGTERM without a job leaves at once', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const agent = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('heartbeat').length > 0);
  const atMs = performance.now();
  agent.child.kill('SIGTERM');
  assert.equal(await agent.exited, 0);
  assert.ok(performance.now() - atMs < 1500);
  assert.equal(orchestrator.of('leave').length, 1);
});

test('SIGTERM lets a job finish, refuses offers meanwhile, and beats until the report is acknowledged', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  const agent = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sleep', '1'] });
  await orchestrator.until(() => orchestrator.of('heartbeat').some(({ body }) => body.leases.length === 1));
  agent.child.kill('SIGTERM');
  await eventually(() => agent.lines.some((line) => line.includes('"stopping"')));
  const beats = orchestrator.of('heartbeat').length;
  orchestrator.offer('j2', { command: ['true'] });
  assert.equal(await agent.exited, 0);
  assert.deepEqual([orchestrator.ended('j1')?.cause, orchestrator.of('leave').length], ['succeeded', 1]);
  assert.equal(orchestrator.of('refuse')[0]?.body.reason, 'the agent is stopping');
  assert.ok(orchestrator.of('heartbeat').length > beats, 'heartbeats went on');
});

test('past the drain the job is stopped and handed back, also one that ignores TERM', {
  timeout: 20_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  const agent = startAgentProcess(t, { ...env, MUSTER_DRAIN_SECONDS: '1' });
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sh', '-c', 'trap "" TERM; while :; do sleep 61237.5; done'] });
  await eventually(() => pidsWith('61237.5').length === 1);
  const atMs = performance.now();
  agent.child.kill('SIGTERM');
  assert.equal(await agent.exited, 0);
  assert.ok(performance.now() - atMs < 3000);
  assert.equal(orchestrator.ended('j1')?.cause, 'drained');
  assert.deepEqual(pidsWith('61237.5'), []);
});

test('a second SIGTERM stops the jobs now', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const agent = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sleep', '61238.5'] });
  await eventually(() => pidsWith('61238.5').length === 1);
  agent.child.kill('SIGTERM');
  await eventually(() => agent.lines.some((line) => line.includes('"stopping"')));
  agent.child.kill('SIGTERM');
  assert.equal(await agent.exited, 0);
  assert.equal(orchestrator.ended('j1')?.cause, 'drained');
});

test('a result waits for an orchestrator that is away, beyond the drain', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const agent = startAgentProcess(t, { ...env, MUSTER_DRAIN_SECONDS: '1' });
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sleep', '61240.5'] });
  await eventually(() => pidsWith('61240.5').length === 1);
  orchestrator.reply = () => 'cut';
  orchestrator.cutStreams();
  agent.child.kill('SIGTERM');
  // Well past the drain, and until the tries are far apart if nobody hurries.
  await eventually(() => agent.lines.some((line) => line.includes('"stopping"')));
  const drainedAtMs = performance.now() + 4000;
  await eventually(() => performance.now() > drainedAtMs);
  assert.deepEqual([agent.child.exitCode, pidsWith('61240.5')], [null, []]);
  orchestrator.reply = () => undefined;
  assert.equal(await agent.exited, 0);
  assert.ok(performance.now() < drainedAtMs + 3000);
  assert.equal(orchestrator.ended('j1')?.cause, 'drained');
});

test('an orchestrator that does not come back does not hold up the stop for ever', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const agent = startAgentProcess(t, { ...env, MUSTER_DRAIN_SECONDS: '1', MUSTER_REPORT_SECONDS: '1' });
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  orchestrator.offer('j1', { command: ['sleep', '61239.5'] });
  await eventually(() => pidsWith('61239.5').length === 1);
  orchestrator.reply = () => 'hang';
  const atMs = performance.now();
  agent.child.kill('SIGTERM');
  assert.equal(await agent.exited, 0);
  assert.ok(performance.now() - atMs < 1000 + 2000 + 500);
  assert.deepEqual(pidsWith('61239.5'), []);
});
