// Does the orchestrator get to know that an agent falls again and again? Real processes, killed as the kernel kills.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { End } from '../../../services/agent/failures/end-words.ts';
import { readFailures } from '../../../services/agent/failures/record.ts';
import { Failing } from '../../../services/protocol/index.ts';
import { arena, startAgentProcess } from '../../support/agent-process.ts';
import type { FakeOrchestrator } from '../../support/fake-orchestrator.ts';

const connected = async (orchestrator: FakeOrchestrator): Promise<void> => {
  const before = orchestrator.of('heartbeat').length;
  await orchestrator.until(() => orchestrator.of('heartbeat').length > before);
};
const told = (orchestrator: FakeOrchestrator) => orchestrator.of('failing').map(({ body }) => body.failing);
const killed: End = { SERVICE_RESULT: 'signal', EXIT_CODE: 'killed', EXIT_STATUS: 'KILL' };
const clean: End = { SERVICE_RESULT: 'success', EXIT_CODE: 'exited', EXIT_STATUS: '0' };

test('killed three times an agent that nobody watches tells it at its next start, with its last lines', {
  timeout: 40_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  for (let n = 0; n < 3; n++) {
    const agent = startAgentProcess(t, env);
    await connected(orchestrator);
    agent.child.kill('SIGKILL');
    await agent.exited;
  }
  deepStrictEqual(told(orchestrator), []);
  const fourth = startAgentProcess(t, env);
  const failing = await orchestrator.until(() => told(orchestrator)[0]);
  deepStrictEqual(Failing.parse(failing), failing);
  deepStrictEqual([failing.count, failing.reason], [3, 'it was killed, by hand or for lack of memory']);
  match(failing.lines.join('\n'), /"message":"started".*\n.*"message":"registered"/);
  ok(Date.now() - Date.parse(failing.since) < 40_000);
  ok(['own-1', 'own-2', 'own-3', 'own-4'].includes(orchestrator.of('failing')[0]?.token ?? ''));

  // An orchestrator that starts anew has forgotten it.
  await connected(orchestrator);
  const before = told(orchestrator).length;
  orchestrator.cutStreams();
  await orchestrator.until(() => told(orchestrator).length > before);
  fourth.child.kill('SIGTERM');
  strictEqual(await fourth.exited, 0);
  deepStrictEqual(
    [readFailures(env.MUSTER_STATE ?? '').run, readFailures(env.MUSTER_STATE ?? '').count],
    ['leaving', 3],
  );
});

test('an agent that is asked to stop again and again does not fail', { timeout: 40_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  for (let n = 0; n < 4; n++) {
    const agent = startAgentProcess(t, { ...env, MUSTER_MAX_RESTART_ATTEMPTS: '1' });
    await connected(orchestrator);
    agent.child.kill('SIGTERM');
    strictEqual(await agent.exited, 0);
  }
  deepStrictEqual([told(orchestrator), readFailures(env.MUSTER_STATE ?? '').count], [[], 0]);
});

test('after its end the watcher of its unit tells it, by what the agent left and no setting but the folder', {
  timeout: 40_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  const place = { MUSTER_STATE: env.MUSTER_STATE ?? '', MUSTER_MAX_RESTART_ATTEMPTS: '2' };
  const end = async (how: End): Promise<number | string> =>
    startAgentProcess(t, { ...place, ...how, MUSTER_HEALTH: 'nonsense' }, ['ended']).exited;
  for (let n = 0; n < 2; n++) {
    const agent = startAgentProcess(t, { ...env, ...place });
    await connected(orchestrator);
    agent.child.kill('SIGKILL');
    await agent.exited;
    strictEqual(await end(killed), 0);
  }
  deepStrictEqual(
    told(orchestrator).map(({ count, reason }) => [count, reason]),
    [[2, 'it was killed, by hand or for lack of memory']],
  );
  // Stopped by somebody it fails no longer, until it falls once more.
  strictEqual(await end(clean), 0);
  strictEqual(told(orchestrator).at(-1), null);
  strictEqual(await end({ SERVICE_RESULT: 'watchdog', EXIT_CODE: 'killed', EXIT_STATUS: 'ABRT' }), 0);
  deepStrictEqual([told(orchestrator).at(-1).count, told(orchestrator).at(-1).reason], [3, 'it hung and was killed']);
});

test('a start that is refused counts, says why, and is told when it is one too many', {
  timeout: 40_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  const fine = startAgentProcess(t, env);
  await connected(orchestrator);
  fine.child.kill('SIGTERM');
  await fine.exited;
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await new Promise((done) => taken.once('listening', done));
  const health = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
  for (let n = 0; n < 2; n++) {
    const refused = startAgentProcess(t, { ...env, MUSTER_HEALTH: health, MUSTER_MAX_RESTART_ATTEMPTS: '2' });
    strictEqual(await refused.exited, 1);
  }
  const failing = told(orchestrator)[0];
  deepStrictEqual([told(orchestrator).length, failing.count], [1, 2]);
  match(failing.reason, /EADDRINUSE/);
  match(failing.lines.at(-1), /^muster-agent: .*EADDRINUSE/);
});

test('nobody waits for an orchestrator that does not answer, and no unit fails for it', {
  timeout: 40_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  const fine = startAgentProcess(t, env);
  await connected(orchestrator);
  fine.child.kill('SIGKILL');
  await fine.exited;
  orchestrator.reply = ({ route }) => (route === 'failing' ? 'hang' : undefined);
  const atMs = performance.now();
  const place = { MUSTER_STATE: env.MUSTER_STATE ?? '', MUSTER_MAX_RESTART_ATTEMPTS: '1' };
  strictEqual(await startAgentProcess(t, { ...place, ...killed }, ['ended']).exited, 0);
  ok(performance.now() - atMs < 9000, `${performance.now() - atMs} ms`);
  strictEqual(told(orchestrator).length, 1);
});

test('a mistake in the settings is among the last words', { timeout: 20_000 }, async (t) => {
  const { orchestrator, env } = await arena(t);
  const fine = startAgentProcess(t, env);
  await connected(orchestrator);
  fine.child.kill('SIGTERM');
  await fine.exited;
  strictEqual(await startAgentProcess(t, { ...env, MUSTER_CPUS: 'many' }).exited, 2);
  const place = { MUSTER_STATE: env.MUSTER_STATE ?? '', MUSTER_MAX_RESTART_ATTEMPTS: '1' };
  const exit2: End = { SERVICE_RESULT: 'exit-code', EXIT_CODE: 'exited', EXIT_STATUS: '2' };
  // The agent was told to stop before; what came after did not get as far as its own mark.
  strictEqual(await startAgentProcess(t, { ...place, ...clean }, ['ended']).exited, 0);
  strictEqual(await startAgentProcess(t, { ...place, ...exit2 }, ['ended']).exited, 0);
  const failing = told(orchestrator)[0];
  deepStrictEqual([failing.count, failing.reason], [1, 'it ended with exit code 2']);
  strictEqual(failing.lines.at(-1), 'muster-agent: MUSTER_CPUS: expected a number of CPUs above 0, got "many"');
});

test('a watcher without a folder ends well and makes none', (t) => {
  const nowhere = join('/nonexistent', t.name.length.toString());
  const main = join(import.meta.dirname, '../../../services/agent/main.ts');
  const env = { PATH: process.env.PATH, MUSTER_STATE: nowhere, ...killed };
  strictEqual(spawnSync(process.execPath, [main, 'ended'], { env }).status, 0);
});
