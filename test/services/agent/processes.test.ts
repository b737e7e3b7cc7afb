// Does every process of a job end with it, however it hides and however the agent dies? (I13)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { cgroupContainment } from '../../../services/agent/executors/cgroup.ts';
import { sweep } from '../../../services/agent/executors/sweep.ts';
import { arena, eventually, pidsWith, startAgentProcess } from '../../support/agent-process.ts';
import { nobody } from '../../support/unprivileged.ts';

const probe = cgroupContainment(`probe-${process.pid}`);
probe?.close();
const ways = [
  { isolation: 'process-group', skip: false },
  { isolation: 'auto', skip: probe === null ? 'no cgroup v2 with cgroup.kill can be made here' : false },
] as const;

/** A length of sleep that no other process on this machine has: by it the test finds its own. */
const uniqueSeconds = (): string => `${randomInt(100_000, 999_999)}.${randomInt(100_000, 999_999)}`;

/** Five sleepers: the main process, one in the background, one in its own session, one of two forks, one deaf to TERM. */
const family = (seconds: string): string =>
  [
    `sleep ${seconds} &`,
    `setsid sleep ${seconds} &`,
    `(setsid sh -c '(sleep ${seconds} &)' &)`,
    `(trap '' TERM; exec setsid sleep ${seconds}) &`,
    `exec sleep ${seconds}`,
  ].join('\n');

for (const { isolation, skip } of ways) {
  const settings = { MUSTER_ISOLATION: isolation, MUSTER_DRAIN_SECONDS: '2' };

  test(`${isolation}: a cancelled job leaves no process`, { skip, timeout: 30_000 }, async (t) => {
    const { orchestrator, env } = await arena(t);
    startAgentProcess(t, { ...env, ...settings });
    await orchestrator.until(() => orchestrator.of('stream').length > 0);
    const seconds = uniqueSeconds();
    orchestrator.offer('j1', { command: ['sh', '-c', family(seconds)] });
    await eventually(() => pidsWith(seconds).length >= 5);
    orchestrator.send('cancel', { job: 'j1', fence: orchestrator.fence });
    const report = await orchestrator.until(() => orchestrator.ended('j1'));
    assert.deepEqual(pidsWith(seconds), [], 'all are dead when the end is reported');
    assert.equal(report.cause, 'cancelled');
  });

  test(`${isolation}: what a job leaves behind ends when its main process does`, {
    skip,
    timeout: 30_000,
  }, async (t) => {
    const { orchestrator, env } = await arena(t);
    startAgentProcess(t, { ...env, ...settings });
    await orchestrator.until(() => orchestrator.of('stream').length > 0);
    const seconds = uniqueSeconds();
    orchestrator.offer('j1', {
      command: ['sh', '-c', `${family(seconds).replace(/exec sleep .*$/, '')}\nsleep 0.3; echo bye`],
    });
    const report = await orchestrator.until(() => orchestrator.ended('j1'));
    assert.deepEqual(pidsWith(seconds), []);
    assert.deepEqual([report.cause, report.exitCode], ['succeeded', 0]);
    assert.equal(orchestrator.logs.get('j1')?.toString(), 'bye\n');
  });

  test(`${isolation}: kill -9 of the agent ends its jobs, and the next one reports it`, {
    skip,
    timeout: 30_000,
  }, async (t) => {
    const { orchestrator, env } = await arena(t);
    const first = startAgentProcess(t, { ...env, ...settings });
    await orchestrator.until(() => orchestrator.of('stream').length > 0);
    const seconds = uniqueSeconds();
    orchestrator.offer('j1', { command: ['sh', '-c', family(seconds)] });
    await eventually(() => pidsWith(seconds).length >= 5);
    const killedMs = performance.now();
    first.child.kill('SIGKILL');
    await eventually(() => pidsWith(seconds).length === 0);
    t.diagnostic(`${Math.round(performance.now() - killedMs)} ms from kill -9 to the last process`);
    await first.exited;
    startAgentProcess(t, { ...env, ...settings });
    const report = await orchestrator.until(() => orchestrator.ended('j1'));
    assert.equal(report.cause, 'agent_died');
    assert.deepEqual(orchestrator.of('register').at(-1)?.body.claims, [{ job: 'j1', fence: orchestrator.fence }]);
    await eventually(() => readdirSync(`${env.MUSTER_STATE}/jobs`).length === 0);
  });
}

test('a child that cleared its environment and left for the background is found by its session', {
  timeout: 30_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  startAgentProcess(t, { ...env, MUSTER_ISOLATION: 'process-group' });
  await orchestrator.until(() => orchestrator.of('stream').length > 0);
  const seconds = uniqueSeconds();
  orchestrator.offer('j1', { command: ['sh', '-c', `env -i sleep ${seconds} & sleep 0.3`] });
  await orchestrator.until(() => orchestrator.ended('j1'));
  assert.deepEqual(pidsWith(seconds), []);
});

test('a process that became another user’s does not hold up the end of its job', {
  skip: process.getuid?.() === 0 ? false : 'only root can act as another user',
  timeout: 10_000,
}, async (t) => {
  const strange = spawn('sleep', ['1000'], { uid: nobody - 1, gid: nobody - 1, detached: true, stdio: 'ignore' });
  t.after(() => {
    process.seteuid?.(0);
    strange.kill('SIGKILL');
  });
  process.seteuid?.(nobody);
  await sweep('j1.1.1', strange.pid as number);
  process.seteuid?.(0);
  assert.equal(strange.signalCode, null);
});
