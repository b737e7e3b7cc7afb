// Is it noted and told how a daemon of the embedded form ended, before it starts again?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { arena } from '../../support/agent-process.ts';
import { handClock, shell, stage, until } from './support.ts';

test('what a daemon wants done after its end is done once, with how it ended, and the start waits for it', async (t) => {
  const { home, log, supervisor } = stage(t);
  const clock = handClock();
  const note = `echo "$SERVICE_RESULT $EXIT_CODE $EXIT_STATUS $GREETING" >>'${home}/ends'; test -e '${home}/go'`;
  const afterEnd = ['-c', `${note} || sleep 1000`];
  const made = supervisor(clock);
  await made.apply([shell('worker-01', 'exit 3', { afterEnd, environment: { GREETING: 'hello' } })]);
  const ends = () => {
    try {
      return readFileSync(join(home, 'ends'), 'utf8');
    } catch {
      return '';
    }
  };
  await until(() => ends() !== '');
  strictEqual(ends(), 'exit-code exited 3 hello\n');
  deepStrictEqual([clock.waits(), log('worker-01')], [[], '']);
  // It hangs, and a stop does not wait for it.
  await made.stop();
  deepStrictEqual(clock.waits(), []);
});

test('nothing is done after an end that was asked for', async (t) => {
  const { home, one, said, supervisor } = stage(t);
  const made = supervisor();
  await made.apply([shell('worker-01', 'exec sleep 1000', { afterEnd: ['-c', `echo x >'${home}/ends'`] })]);
  await until(() => one('worker-01') !== undefined);
  await made.stop();
  strictEqual(said.at(-1), 'worker-01 was ended by SIGTERM');
  await until(() => one('worker-01') === undefined);
  let found = '';
  try {
    found = readFileSync(join(home, 'ends'), 'utf8');
  } catch {}
  strictEqual(found, '');
});

test('a worker of the embedded form that is killed twice tells it, and why, while it is down', {
  timeout: 40_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  const { one, supervisor } = stage(t);
  const main = join(import.meta.dirname, '../../../services/agent/main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main];
  const environment = { ...env, MUSTER_HEALTH: '127.0.0.1:0', MUSTER_MAX_RESTART_ATTEMPTS: '2' };
  await supervisor().apply([
    shell('worker-01', '', { program: process.execPath, args, afterEnd: [...args, 'ended'], environment }),
  ]);
  for (let n = 1; n <= 2; n++) {
    await orchestrator.until(() => orchestrator.of('stream').length === n && orchestrator.of('heartbeat').length >= n);
    process.kill(one('worker-01')?.pid ?? 0, 'SIGKILL');
    await until(() => one('worker-01') === undefined);
  }
  const { body, token } = await orchestrator.until(() => orchestrator.of('failing')[0]);
  deepStrictEqual([body.failing.count, body.failing.reason], [2, 'it was killed, by hand or for lack of memory']);
  match(token, /^own-/);
  // The next one comes all the same, and says it too.
  await orchestrator.until(() => orchestrator.of('stream').length === 3);
  await orchestrator.until(() => orchestrator.of('failing').length >= 2);
});
