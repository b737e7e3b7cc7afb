// Who is the agent to the orchestrator, after restarts and refusals?
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { arena, eventually, startAgentProcess } from '../../support/agent-process.ts';

test('a class secret is exchanged once for a token that outlives restarts', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const first = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('heartbeat').length > 0);
  first.child.kill('SIGTERM');
  await first.exited;
  const file = join(env.MUSTER_STATE ?? '', 'token');
  assert.equal(readFileSync(file, 'utf8').split('\n')[0], 'own-1');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('register').length === 2);
  const [before, after] = orchestrator.of('register');
  assert.deepEqual([before?.token, after?.token], ['class-secret', 'own-1']);
  assert.equal(after?.body.instance, before?.body.instance);
  assert.notEqual(after?.body.session, before?.body.session);
});

test('a token that is refused gives way to the class secret, at any request', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('heartbeat').length > 0);
  orchestrator.tokens.clear();
  await orchestrator.until(() => orchestrator.of('register').length === 3);
  assert.deepEqual(
    orchestrator.of('register').map(({ token }) => token),
    ['class-secret', 'own-1', 'class-secret'],
  );
  const beats = orchestrator.of('heartbeat').length;
  await orchestrator.until(() => orchestrator.of('heartbeat').length > beats);
});

test('a class secret that is refused is said once, never shown, and tried again; a new one in the file is taken', {
  timeout: 30_000,
}, async (t) => {
  const { orchestrator, env, folder } = await arena(t);
  orchestrator.secrets.clear();
  const agent = startAgentProcess(t, env);
  await eventually(() => agent.lines.some((line) => line.includes('cannot register')));
  writeFileSync(join(folder, 'secret'), 'new-secret\n');
  orchestrator.secrets.add('new-secret');
  await orchestrator.until(() => orchestrator.of('heartbeat').length > 0);
  const told = agent.lines.filter((line) => line.includes('does not know this token or class secret'));
  assert.equal(told.length, 1);
  assert.equal(
    agent.lines.some((line) => /class-secret|new-secret|own-\d/.test(line)),
    false,
  );
});

test('a second agent on the same state folder ends before it touches anything', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const first = startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  const second = startAgentProcess(t, env);
  assert.equal(await second.exited, 1);
  assert.deepEqual(second.lines, [`muster-agent: another agent is running on ${env.MUSTER_STATE}; stop it first`]);
  assert.equal(orchestrator.of('register').length, 1);
  first.child.kill('SIGKILL');
  await first.exited;
  startAgentProcess(t, env);
  await orchestrator.until(() => orchestrator.of('register').length === 2);
});
