// Are exactly our processes found, and is a pid that belongs to another one now left alone?
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import {
  ended,
  isAlive,
  type MarkedProcess,
  markedProcesses,
  marker,
  markerVariable,
  principal,
  runInTerminal,
  signal,
} from '../../../stacks/drivers/processes.ts';

async function start(t: TestContext, args: readonly string[], mark: string, detached = false) {
  const child = spawn('sh', args, {
    env: { PATH: process.env.PATH ?? '', [markerVariable]: mark },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached,
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a process is known by the home in its marker, with name, hash and arguments', async (t) => {
  const home = `/nowhere/${process.pid}@x`;
  const args = ['-c', 'echo up; read line'];
  const child = await start(t, args, marker('worker-01', 'cafe', home));
  const [found, ...others] = markedProcesses(home);
  deepStrictEqual(others, []);
  deepStrictEqual([found?.pid, found?.name, found?.hash, found?.args], [child.pid, 'worker-01', 'cafe', args]);
  deepStrictEqual(markedProcesses(`/nowhere/${process.pid}`), []);
});

test('what a daemon started itself is found, and is not the daemon', async (t) => {
  const home = `/nowhere/children/${process.pid}`;
  const child = await start(t, ['-c', 'sleep 1000 & echo up; wait'], marker('worker-01', 'cafe', home));
  const found = markedProcesses(home);
  t.after(() => {
    for (const one of found) signal(one, 'SIGKILL');
  });
  strictEqual(found.length, 2);
  strictEqual(principal(found, 'worker-01', ['-c', 'sleep 1000 & echo up; wait'])?.pid, child.pid);
  strictEqual(principal(found, 'worker-01', ['other']), null);
});

test('a start script that became its program is still found, its helpers are not it', async (t) => {
  const home = `/nowhere/exec/${process.pid}`;
  const script = 'sleep 1000 & exec sh -c "echo up; read line"';
  const child = await start(t, ['-c', script], marker('proxy', 'cafe', home), true);
  t.after(() => {
    for (const one of markedProcesses(home)) signal(one, 'SIGKILL');
  });
  const found = markedProcesses(home);
  strictEqual(principal(found, 'proxy', null)?.pid, child.pid);
  signal(found.find(({ pid }) => pid === child.pid) as MarkedProcess, 'SIGKILL');
  await once(child, 'exit');
  strictEqual(principal(markedProcesses(home), 'proxy', null), null);
});

test('a pid with another start is another process: not alive, never signalled', async (t) => {
  const home = `/nowhere/reused/${process.pid}`;
  const child = await start(t, ['-c', 'echo up; read line'], marker('worker-01', 'cafe', home));
  const real = markedProcesses(home)[0] as MarkedProcess;
  const earlier = { ...real, startTicks: String(Number(real.startTicks) - 1) };
  strictEqual(isAlive(earlier), false);
  signal(earlier, 'SIGKILL');
  ok(isAlive(real));
  signal(real, 'SIGKILL');
  await once(child, 'exit');
  ok(await ended([real], 1000));
});

test('a program in our terminal ends with its whole group when we are told to end', async () => {
  const script = 'trap "" TERM; sleep 1000 & wait; wait';
  const ran = runInTerminal({ program: 'sh', args: ['-c', script], why: 'stay' }, '/', {
    PATH: process.env.PATH,
    [markerVariable]: marker('terminal', 'x', `/nowhere/terminal/${process.pid}`),
  });
  const living = () => markedProcesses(`/nowhere/terminal/${process.pid}`);
  while (living().length < 2) await new Promise((resolve) => setImmediate(resolve));
  const all = living();
  process.kill(process.pid, 'SIGTERM');
  strictEqual(await ran, 130);
  ok(await ended(all, 1000));
});

test('waiting for an end that does not come gives up', async (t) => {
  const home = `/nowhere/stays/${process.pid}`;
  await start(t, ['-c', 'echo up; read line'], marker('worker-01', 'cafe', home));
  strictEqual(await ended(markedProcesses(home), 30), false);
});
