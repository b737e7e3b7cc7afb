// Does the supervisor keep its daemons alive, touch only what differs, and find them again after its own death?
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive, marker, markerVariable, signal } from '../../../stacks/drivers/processes.ts';
import { handClock, shell, sleeper, stage, until } from './support.ts';

test('a daemon gets its own variables, few of the caller, and its output goes to its log', async (t) => {
  const { log, supervisor } = stage(t);
  const script = 'echo "$GREETING $SECRET_OF_CALLER."; echo loud >&2; exec sleep 1000';
  process.env.SECRET_OF_CALLER = 'x';
  t.after(() => delete process.env.SECRET_OF_CALLER);
  await supervisor().apply([shell('worker-01', script, { environment: { GREETING: 'hello' } })]);
  await until(() => log('worker-01').includes('loud'));
  strictEqual(log('worker-01'), 'hello .\nloud\n');
});

test('a daemon that dies is started again, later each time, and a stop calls it off', async (t) => {
  const { one, said, supervisor } = stage(t);
  const clock = handClock();
  const made = supervisor(clock);
  await made.apply([shell('worker-01', 'exit 3')]);
  await until(() => clock.waits().length === 1);
  deepStrictEqual(clock.waits(), [250]);
  clock.pass(250);
  await until(() => clock.waits().length === 1);
  deepStrictEqual(clock.waits(), [500]);
  strictEqual(said.at(-1), 'worker-01 ended with exit code 3; starts again in 0.5 s');
  await made.stop();
  deepStrictEqual(clock.waits(), []);
  strictEqual(one('worker-01'), undefined);
});

test('a program that is not there is an early end, not a crash', async (t) => {
  const { said, supervisor } = stage(t);
  const clock = handClock();
  await supervisor(clock).apply([shell('worker-01', '', { program: '/nowhere/at/all' })]);
  await until(() => clock.waits().length === 1);
  ok(said.at(-1)?.startsWith('worker-01 did not start: '));
});

test('a log that cannot be opened is an early end, not a crash', async (t) => {
  const { home, said, supervisor } = stage(t);
  const clock = handClock();
  mkdirSync(join(home, 'logs', 'worker-01.log'));
  const made = supervisor(clock);
  await made.apply([sleeper('worker-01')]);
  deepStrictEqual(clock.waits(), [250]);
  match(said.at(-1) ?? '', /^worker-01 did not start: EISDIR.*; starts again in 0.25 s$/);
});

test('a second list changes only what differs', async (t) => {
  const { one, supervisor } = stage(t);
  const made = supervisor();
  await made.apply([sleeper('worker-01'), sleeper('worker-02'), sleeper('worker-03')]);
  const before = ['worker-01', 'worker-02', 'worker-03'].map((name) => one(name)?.pid);
  await made.apply([sleeper('worker-01'), sleeper('worker-02', 2000), sleeper('worker-04')]);
  strictEqual(one('worker-01')?.pid, before[0]);
  notStrictEqual(one('worker-02')?.pid, before[1]);
  strictEqual(one('worker-03'), undefined);
  ok(one('worker-04'));
});

test('a daemon that ignores SIGTERM is killed after its grace', async (t) => {
  const { living, log, supervisor } = stage(t);
  const clock = handClock();
  const made = supervisor(clock);
  await made.apply([shell('worker-01', `trap '' TERM; echo ready; while :; do sleep 0.01; done`, { stopSeconds: 30 })]);
  await until(() => log('worker-01') === 'ready\n');
  const stopped = made.stop();
  await until(() => clock.waits().includes(30_000));
  ok(living().length > 0);
  clock.pass(30_000);
  await stopped;
  await until(() => !living().some(({ args }) => args.includes('-c')));
});

test('workers stop before the orchestrator', async (t) => {
  const { said, supervisor } = stage(t);
  const made = supervisor();
  await made.apply([sleeper('orchestrator', 1000, { role: 'orchestrator' }), sleeper('worker-01')]);
  await made.stop();
  deepStrictEqual(said, ['worker-01 was ended by SIGTERM', 'orchestrator was ended by SIGTERM']);
});

test('the next supervisor takes over what the dead one left, ends what has no place, and restarts what dies', async (t) => {
  const { living, one, said, supervisor } = stage(t);
  const clock = handClock();
  // The first one is never told to stop: as if it had been killed.
  await supervisor(handClock()).apply([sleeper('worker-01'), sleeper('worker-02')]);
  const before = one('worker-01');
  ok(before);
  await supervisor(clock).apply([sleeper('worker-01')]);
  strictEqual(one('worker-01')?.pid, before.pid);
  strictEqual(one('worker-02'), undefined);
  ok(said.includes(`worker-01 runs already (pid ${before.pid}) and was taken over`));

  for (const process of living()) signal(process, 'SIGKILL');
  await until(() => !isAlive(before));
  clock.pass(250);
  deepStrictEqual(said.at(-1), 'worker-01 ended; starts again in 0.25 s');
});

test('a stranger with the marker of another home is never touched', async (t) => {
  const { home, supervisor } = stage(t);
  const env = { PATH: process.env.PATH ?? '', [markerVariable]: marker('worker-09', 'abc', `${home}-other`) };
  const stranger = spawn('sleep', ['1000'], { env });
  t.after(() => stranger.kill('SIGKILL'));
  await once(stranger, 'spawn');
  await supervisor().apply([]);
  strictEqual(stranger.exitCode, null);
  strictEqual(stranger.signalCode, null);
});
