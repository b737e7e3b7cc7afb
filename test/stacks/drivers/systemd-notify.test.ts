// Does systemd learn when a daemon is ready, that it lives, and that it leaves?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNotices } from '../../../stacks/drivers/systemd-notify.ts';
import { temporaryFolder, testEnvironment } from '../../services/orchestrator/support/orchestrator.ts';
import { runCommand, spawnOrchestrator } from '../../services/orchestrator/support/process.ts';
import { arena, eventually, startAgentProcess } from '../../support/agent-process.ts';
import { type NotifySocket, openNotifySocket } from '../../support/notify-socket.ts';

const watchdog = { WATCHDOG_USEC: '600000' };
const lonely = 'STATUS=no orchestrator, 0 jobs running';
const count = ({ messages }: NotifySocket, text: string): number => messages.filter((one) => one === text).length;

test('an agent is ready without an orchestrator, gives signs of life, and says that it leaves', {
  timeout: 30_000,
}, async (t) => {
  const { orchestrator, env } = await arena(t);
  orchestrator.reply = () => 'cut';
  const socket = await openNotifySocket(t);
  const agent = startAgentProcess(t, { ...env, ...watchdog, NOTIFY_SOCKET: socket.path });
  await eventually(() => count(socket, `WATCHDOG=1\n${lonely}`) >= 2);
  assert.equal(socket.messages[0], `READY=1\n${lonely}`);

  orchestrator.reply = () => undefined;
  await eventually(() => count(socket, `WATCHDOG=1\nSTATUS=connected as worker-01, 0 jobs running`) >= 1);
  orchestrator.offer('j1', { command: ['sleep', '1'] });
  await eventually(() => count(socket, `WATCHDOG=1\nSTATUS=connected as worker-01, 1 job running`) >= 1);

  agent.child.kill('SIGTERM');
  await eventually(() => count(socket, 'STOPPING=1\nSTATUS=leaving, 1 job running') === 1);
  await eventually(() => count(socket, 'WATCHDOG=1\nSTATUS=leaving, 1 job running') >= 1);
  assert.equal(await agent.exited, 0);
});

test('an agent that hangs gives no sign of life', { timeout: 30_000 }, async (t) => {
  const { env } = await arena(t);
  const socket = await openNotifySocket(t);
  const agent = startAgentProcess(t, { ...env, ...watchdog, NOTIFY_SOCKET: socket.path });
  await eventually(() => socket.messages.length >= 2);
  agent.child.kill('SIGSTOP');
  const hungMs = performance.now();
  // What was on its way when it stopped has come after the first of the five pauses.
  await eventually(() => performance.now() > hungMs + 200);
  const before = socket.messages.length;
  await eventually(() => performance.now() > hungMs + 1000);
  assert.equal(socket.messages.length, before);
  agent.child.kill('SIGCONT');
  await eventually(() => socket.messages.length > before);
});

test('an orchestrator is ready when it listens, gives signs of life, and says that it stops', {
  timeout: 30_000,
}, async (t) => {
  const socket = await openNotifySocket(t);
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const { end, admin } = await spawnOrchestrator(t, folder, { ...watchdog, NOTIFY_SOCKET: socket.path });
  await eventually(() => socket.messages.length >= 2);
  const { port } = new URL(admin.url);
  const status = `STATUS=listening on http://127.0.0.1:${port}`;
  assert.deepEqual(socket.messages.slice(0, 2), [`READY=1\n${status}`, `WATCHDOG=1\n${status}`]);
  assert.equal(await end('SIGTERM'), 0);
  await eventually(() => socket.messages.at(-1) === 'STOPPING=1\nSTATUS=stopping');
});

test('another process’s watchdog is not fed, and a status stays one line', { timeout: 20_000 }, async (t) => {
  const socket = await openNotifySocket(t);
  const notices = openNotices({
    env: { PATH: process.env.PATH, NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' },
    pid: process.pid,
    status: () => 'well\nMAINPID=1',
    failed: (reason) => assert.fail(reason),
  });
  notices.ready();
  await eventually(() => socket.messages.length === 1);
  notices.stopping();
  await eventually(() => socket.messages.length === 2);
  assert.deepEqual(socket.messages, ['READY=1\nSTATUS=well MAINPID=1', 'STOPPING=1\nSTATUS=well MAINPID=1']);
});

test('where systemd-notify is missing it is said once, and nothing is told where nobody asked', async () => {
  const said: string[] = [];
  const told = { pid: process.pid, status: () => '', failed: (reason: string) => said.push(reason) };
  openNotices({ ...told, env: {} }).ready();
  const notices = openNotices({ ...told, env: { PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere' } });
  notices.ready();
  await eventually(() => said.length === 1);
  notices.stopping();
  // Fails after the one before it, for both take the same way.
  openNotices({ ...told, env: { PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere' } }).ready();
  await eventually(() => said.length === 2);
  assert.deepEqual(said, Array(2).fill('spawn systemd-notify ENOENT'));
});
