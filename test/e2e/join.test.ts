// Does one line make a real host a worker within seconds, for the machine or for a user, and does it go without a trace?
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { after, before, describe, type TestContext, test } from 'node:test';
import { buildExecutables, executablesFolder } from '../../stacks/cli/executables.ts';
import { freshHost, hostsDown, machineAddress, rebootHost, whyNoHosts } from '../support/hosts-lab.ts';
import { type Inviting, inviting } from '../support/inviting.ts';
import { host, look, pasted, ran, ranOn, said, timesSeen, workersOf } from '../support/joining-host.ts';
import { root } from '../support/sources.ts';

const mostSeconds = 60;
const timeout = 180_000;

/** As root each job has a unit of its own, whose limits hold and which leaves no process behind. */
const ownUnits = async (cluster: Inviting): Promise<void> => {
  const [hungry, father] = await Promise.all([
    ran(cluster, ['python3', '-c', 'x = bytearray(200 << 20)'], { memoryMiB: 64, retries: 0 }),
    ran(cluster, ['sh', '-c', 'setsid sleep 71233.7 & setsid env -i sleep 71233.7 & true']),
  ]);
  deepStrictEqual([hungry.cause, father.cause], ['out_of_memory', 'succeeded']);
  strictEqual(await said('pgrep -fc "^sleep 71233" || true'), '0');
};

describe('a host with systemd', { skip: whyNoHosts() ?? false }, () => {
  before(async () => {
    const io = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
    await buildExecutables(io, [`linux-${process.arch}` as 'linux-x64'], () => {});
    freshHost(host);
    await said('useradd --create-home --shell /bin/sh someone; loginctl enable-linger someone');
  });
  after(hostsDown);

  const place = (t: TestContext): Promise<Inviting> =>
    inviting(t, { host: machineAddress, executables: executablesFolder(root) });

  for (const user of [null, 'someone'])
    test(`a line of ${user ?? 'root'}: a worker, again the same, after a reboot too, and gone`, {
      timeout,
    }, async (t) => {
      const cluster = await place(t);
      const systemctl = (words: string) =>
        said(
          user === null
            ? `systemctl ${words}`
            : `su ${user} -c 'XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user ${words}'`,
        );
      const home = user === null ? '/opt/muster' : `/home/${user}/.local/share/muster`;
      const before = await said(look);
      const { command } = await cluster.invite('--name', 'node7');
      const startedAt = performance.now();
      const { code, stderr, stdout } = await pasted(`${command} --labels rack=7`, user);
      const seconds = (performance.now() - startedAt) / 1000;
      t.diagnostic(`a worker after ${seconds.toFixed(1)} s\n${stdout}`);
      deepStrictEqual([code, stderr], [0, ''], stdout);
      ok(seconds < mostSeconds, `${seconds} s`);
      const [worker] = await workersOf(cluster);
      deepStrictEqual([worker?.name, worker?.state, worker?.labels], ['node7', 'idle', { rack: '7', size: 'large' }]);
      deepStrictEqual(await ranOn(cluster), ['succeeded', 'node7']);
      if (user === null) await ownUnits(cluster);
      const invocation = () => systemctl('show --property=InvocationID --value muster-agent');
      const first = await invocation();
      const again = await pasted(command, user);
      deepStrictEqual([again.code, again.stderr, await invocation()], [0, '', first]);
      rebootHost(host);
      while ((await systemctl('show --property=ActiveState --value muster-agent').catch(() => '')) !== 'active');
      notStrictEqual(await invocation(), first);
      deepStrictEqual(await ranOn(cluster), ['succeeded', 'node7']);
      deepStrictEqual(
        (await workersOf(cluster)).map(({ id }) => id),
        [worker?.id],
      );
      const gone = await pasted(`sh ${home}/agent-install.sh --uninstall`, user);
      deepStrictEqual([gone.code, gone.stderr], [0, '']);
      deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
      deepStrictEqual(
        (await workersOf(cluster)).map(({ state }) => state),
        ['offline'],
      );
    });

  test('an invite that another machine has used is refused with its reason, and leaves nothing', {
    timeout,
  }, async (t) => {
    const cluster = await place(t);
    const before = await said(look);
    const { command, token } = await cluster.invite();
    await cluster.bench.client(token).post('/api/v1/agent/join', { tokenHash: 'ab'.repeat(32) });
    const { code, stderr } = await pasted(command, null);
    strictEqual(code, 4, stderr);
    match(stderr, /refuses it \(410\): this invite was used by another machine/);
    deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
  });

  test('a user whose processes may not stay is served without systemd', { timeout }, async (t) => {
    const cluster = await place(t);
    await said('useradd --create-home --shell /bin/sh another');
    const before = await said(look);
    const { command } = await cluster.invite();
    const { code, stdout } = await pasted(command, 'another');
    strictEqual(code, 0, stdout);
    match(stdout, /neither systemd nor cron keeps/);
    deepStrictEqual(await ranOn(cluster), ['succeeded', 'worker-01']);
    const gone = await pasted('sh ~/.local/share/muster/agent-install.sh --uninstall', 'another');
    deepStrictEqual([gone.code, gone.stderr], [0, '']);
    deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
  });

  test('no other user of the host sees the token: not in an argument, not in an environment, not in a file', {
    timeout,
  }, async (t) => {
    const cluster = await place(t);
    const { command, token } = await cluster.invite();
    strictEqual(await timesSeen(token, command), 0);
    const places = '/etc /opt /run /var/lib /proc/[0-9]*/environ';
    strictEqual(await said(`su someone -s /bin/sh -c 'grep -rlsF ${token} ${places} || echo none'`), 'none');
    strictEqual((await pasted('sh /opt/muster/agent-install.sh --uninstall', null)).code, 0);
    ok((await timesSeen(token, `sh -c 'sleep 1' ${token}`)) > 0, 'a token that shows is seen');
  });
});
