// Does a machine become a worker over ssh, and is it left as it was? With a stand-in for ssh; the host is a folder here.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { tunnelUnit } from '../../../stacks/cli/workers/tunnel-unit.ts';
import { dropTunnels, keepTunnels } from '../../../stacks/cli/workers/tunnels.ts';
import { markedProcesses, signal } from '../../../stacks/drivers/processes.ts';
import { sshTunnel } from '../../../stacks/index.ts';
import { inviting } from '../../support/inviting.ts';
import { until } from '../../support/local-stack.ts';
import { root } from '../../support/sources.ts';
import { sshStandIn } from '../../support/ssh-stand-in.ts';
import { readBySystemd, systemdIsThere } from '../../support/systemd.ts';

const hostForm = existsSync('/run/systemd/system') ? 'systemd' : 'without systemd';

// A connection of a stand-in may, rarely, outlive all tests: then nothing is left to wait for.
after(() => void setTimeout(() => process.exit(), 5000).unref());

const place = async (t: TestContext) => {
  const made = await inviting(t, { plain: true });
  const { folder, running } = made.bench;
  const ssh = sshStandIn(t, folder);
  made.offer({ 'install.sh': ssh.installer });
  const home = join(folder, 'home');
  // Loopback under a name that may as well be another machine's.
  const url = `http://[::ffff:7f00:1]:${URL.parse(running.url)?.port}`;
  const workers = async () =>
    (await made.bench.admin.get('/api/v1/workers')).json.workers.map(
      ({ name, state }: { name: string; state: string }) => `${name} ${state}`,
    );
  const openInvites = async () =>
    (await made.bench.admin.get('/api/v1/invites')).json.invites.filter(
      ({ state }: { state: string }) => state === 'open',
    );
  return { ...made, ssh, home, url, workers, openInvites };
};

const quiet = [
  ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'ControlMaster=no', '-o', 'ControlPath=none'],
  ...['-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=3'],
];
const scripted = ['-T', ...quiet, '-o', 'ClearAllForwardings=yes', '-o', 'RemoteCommand=none'];

test('a destination that ssh or a shell could take for more is refused before anything runs', async (t) => {
  const { muster, ssh } = await place(t);
  const hostile = [
    ...['-v', 'pat@-v', '-p22', 'pat@-'],
    ...['-oProxyCommand=id', 'pat@-oProxyCommand=id', 'pat @host', 'pat@ho st', 'pat@host\n', 'pat@$(id)', 'pat@a;id'],
    ...['', '@host', 'pat@', 'pat@h%n', 'pat@h\\', "pat@h'", 'pat@host -v', 'a@b@c', `pat@${'h'.repeat(300)}`],
  ];
  for (const destination of hostile) {
    const { code, stderr } = await muster('workers', 'add', '--yes', '--', destination);
    const said = `muster: expected user@host, got ${JSON.stringify(destination)}`;
    assert.deepEqual([code, stderr.split('\n')[0]], [2, said]);
    assert.equal((await muster('workers', 'remove', 'x', '--yes', `--ssh=${destination}`)).code, 2);
  }
  for (const port of ['0', '65536', '22 -v', '-1', 'x']) {
    assert.equal((await muster('workers', 'add', 'pat@host', '--yes', `--port=${port}`)).code, 2);
  }
  assert.deepEqual(ssh.calls(), []);
});

test('a host joins, is known the second time, and is left as it was', async (t) => {
  const { home, muster, openInvites, ssh, url, workers } = await place(t);
  const name = `it's $(touch ${home}/x) -o`;
  const add = ['workers', 'add', 'pat@host', '--port', '2222', '--url', url, '--name', name, '--yes'];
  const first = await muster(...add);
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.deepEqual(
    first.stdout
      .replace(/\d+\.\d s/g, 'N s')
      .split('\n')
      .slice(0, 9),
    [
      'muster: pat@host port 2222 becomes a worker',
      `  host      Linux ${process.arch === 'x64' ? 'x86_64' : 'aarch64'}, ${hostForm}, as pat`,
      `  + worker  ${name}`,
      `  + agent   a ${hostForm === 'systemd' ? 'service' : 'process that is started again when it ends'} of the user pat`,
      `  it calls ${url}`,
      '  there     this machine is a worker',
      '  installed the agent, after N s',
      `  joined    ${name}, idle after N s`,
      '',
    ],
  );
  assert.match(
    first.stdout,
    /\nnext: {2}npx --no muster jobs submit -- hostname {4}to undo: npx --no muster workers remove 'it'\\''s .*'\n$/,
  );
  assert.deepEqual(await workers(), [`${name} idle`]);
  assert.equal(readFileSync(join(ssh.hostHome, 'told'), 'utf8'), `--url\n${url}\n`);

  const again = await muster(...add);
  assert.deepEqual(
    [again.code, again.stdout.split('\n')[0]],
    [0, 'muster: pat@host port 2222 is a worker already, nothing to change'],
  );

  const gone = await muster('workers', 'remove', name, '--yes', '--json');
  assert.equal(gone.code, 0, gone.stderr);
  assert.deepEqual(JSON.parse(gone.stdout), { removed: name, host: 'pat@host' });
  assert.deepEqual(await workers(), []);
  assert.deepEqual(await openInvites(), []);
  assert.deepEqual(readdirSync(ssh.hostHome), ['told']);
  assert.equal(readFileSync(join(home, 'ssh-hosts.json'), 'utf8'), '[]\n');
  assert.equal(existsSync(join(home, 'x')), false);
  // Whatever it did, only this was an argument of ssh.
  const same = [...scripted, '-p', '2222', '--', 'pat@host', 'sh -s'];
  assert.deepEqual(ssh.calls(), Array(6).fill(same));
});

test('nothing is changed on a host without a yes, and none is left half invited', async (t) => {
  const { home, muster, openInvites, ssh, url, workers } = await place(t);
  const unasked = await muster('workers', 'add', 'pat@host', '--url', url);
  assert.deepEqual(
    [unasked.code, unasked.stderr],
    [
      4,
      `muster: apply? nobody is at a terminal to say yes\n   → say it beforehand: muster workers add pat@host --url '${url}' --yes\n`,
    ],
  );
  const own = await muster('workers', 'add', 'pat@host', '--yes');
  assert.deepEqual(
    [own.code, /pat@host cannot reach http:\/\/127.0.0.1:\d+: only this machine does/.test(own.stderr)],
    [2, true],
  );
  assert.equal(existsSync(join(home, 'ssh-hosts.json')), false);

  writeFileSync(join(ssh.hostHome, 'refuse'), '');
  const hostile = `${url}/'$(touch ${home}/x)\\`;
  const unfit = await muster('workers', 'add', 'pat@host', '--url', hostile, '--yes');
  assert.equal(readFileSync(join(ssh.hostHome, 'told'), 'utf8'), `--url\n${hostile}\n`);
  assert.equal(existsSync(join(home, 'x')), false);
  assert.deepEqual(
    [unfit.code, unfit.stderr],
    [1, 'muster: to install the agent failed on pat@host (exit 3)\n  muster: this machine does not fit\n'],
  );
  assert.equal((await muster('workers', 'add', 'pat@host', '--tunnel', '--yes')).code, 1);
  assert.deepEqual(markedProcesses(join(home, 'tunnels')), []);
  ssh.fail('pat@host: Permission denied (publickey).');
  const denied = await muster('workers', 'add', 'pat@host', '--url', url, '--yes');
  assert.deepEqual(
    [denied.code, denied.stderr],
    [
      3,
      'muster: ssh does not get to pat@host\n  pat@host: Permission denied (publickey).\n   → this must work without a question: ssh pat@host true\n',
    ],
  );
  assert.deepEqual([await openInvites(), await workers()], [[], []]);
});

test('a host that cannot call comes through a tunnel, which is opened again whenever it ends', async (t) => {
  const { bench, home, muster, ssh, workers } = await place(t);
  const { code, stderr, stdout } = await muster('workers', 'add', 'pat@host', '--tunnel', '--yes');
  assert.deepEqual([code, stderr], [0, '']);
  const port = Number(/\+ tunnel {2}its 127\.0\.0\.1:(\d+) leads to/.exec(stdout)?.[1]);
  assert.equal(readFileSync(join(ssh.hostHome, 'told'), 'utf8'), `--url\nhttp://127.0.0.1:${port}\n`);
  const target = { host: '127.0.0.1', port: Number(URL.parse(bench.running.url)?.port) };
  const words = sshTunnel({ destination: 'pat@host', port: null }, { port, target });
  assert.deepEqual(words, [
    '-N',
    '-T',
    ...quiet,
    '-o',
    'ExitOnForwardFailure=yes',
    '-R',
    `127.0.0.1:${port}:127.0.0.1:${target.port}`,
    '--',
    'pat@host',
  ]);
  const tunnels = () => ssh.calls().filter(([first]) => first === '-N');
  assert.deepEqual(tunnels(), [words]);

  const folder = join(home, 'tunnels');
  for (const one of markedProcesses(folder)) if (one.name !== 'supervisor') signal(one, 'SIGKILL');
  await until(() => tunnels().length === 2 || null);
  await until(async () => (await workers())[0] === 'worker-01 idle' || null);

  // As `down` and `up` do.
  const io = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: home };
  await dropTunnels(io, home);
  assert.deepEqual(markedProcesses(folder), []);
  await keepTunnels(io, home);
  await until(() => tunnels().length === 3 || null);
  await until(async () => (await workers())[0] === 'worker-01 idle' || null);

  // The host is gone for good: what is here goes all the same.
  ssh.fail('ssh: connect to host host port 22: No route to host');
  const stuck = await muster('workers', 'remove', 'worker-01', '--yes');
  assert.deepEqual(
    [stuck.code, stuck.stderr.split('\n').at(-2)?.endsWith('a host that is gone for good: --force')],
    [3, true],
  );
  assert.deepEqual(await workers(), ['worker-01 idle']);
  const gone = await muster('workers', 'remove', 'worker-01', '--yes', '--force');
  assert.deepEqual([gone.code, await workers(), markedProcesses(folder)], [0, [], []]);
});

test('systemd reads the unit of a tunnel as it is meant', { skip: systemdIsThere() }, () => {
  const host = { destination: 'pat@fe80::1', port: 2222 };
  const args = sshTunnel(host, { port: 20_001, target: { host: '127.0.0.1', port: 8080 } });
  const text = tunnelUnit("Muster's tunnel to pat@fe80::1", '/usr/bin/ssh', args, 'default.target');
  const unit = readBySystemd([{ name: 'muster-tunnel-1.service', text }]).get('muster-tunnel-1.service');
  assert.deepEqual(unit, {
    description: "Muster's tunnel to pat@fe80::1",
    commands: [['/usr/bin/ssh', ...args]],
    environment: [],
  });
});
