// Does the line fit itself to a real host: to its GPUs, its users, what it lacks, and a power cut in the middle?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { after, before, describe, type TestContext, test } from 'node:test';
import { buildExecutables, executablesFolder } from '../../stacks/cli/executables.ts';
import { freshHost, hostsDown, killHost, machineAddress, startHost, whyNoHosts } from '../support/hosts-lab.ts';
import { type Inviting, inviting } from '../support/inviting.ts';
import { host, look, pasted, ranOn, said, workersOf } from '../support/joining-host.ts';
import { root } from '../support/sources.ts';

const timeout = 120_000;
const uninstall = 'sh /opt/muster/agent-install.sh --uninstall';

describe('a host with systemd', { skip: whyNoHosts() ?? false }, () => {
  before(async () => {
    const io = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
    await buildExecutables(io, [`linux-${process.arch}` as 'linux-x64'], () => {});
    freshHost(host);
  });
  after(hostsDown);

  const place = (t: TestContext): Promise<Inviting> =>
    inviting(t, { host: machineAddress, executables: executablesFolder(root) });

  test('with a card of NVIDIA the unit opens the devices of NVIDIA alone; without GPUs, on demand, none', {
    timeout,
  }, async (t) => {
    const cluster = await place(t);
    const before = await said(look);
    const card = '0, GPU-2fb5, Quadro $(id) P1, 4096, 550.1, 0, 100, 40';
    await said(
      `printf '%s\\n' '#!/bin/sh' "echo '${card}'" >/usr/local/bin/nvidia-smi
      chmod 755 /usr/local/bin/nvidia-smi`.replace('$(id)', '\\$(id)'),
    );
    const { command } = await cluster.invite();
    const first = await pasted(command);
    deepStrictEqual([first.code, first.stderr], [0, ''], first.stdout);
    match(first.stdout, /^muster: GPU: Quadro \$\(id\) P1$/m);
    const unit = (keys: string) => said(`grep -E '^(${keys})=' /etc/systemd/system/muster-agent.service`);
    const nvidia = ['', 'ctl', '-frontend', '-caps', '-uvm'].map((part) => `DeviceAllow=char-nvidia${part} rw`);
    deepStrictEqual((await unit('PrivateDevices|DevicePolicy|DeviceAllow|SupplementaryGroups')).split('\n'), [
      ...['PrivateDevices=no', 'DevicePolicy=closed', ...nvidia, 'DeviceAllow=/dev/dxg rw'],
      'SupplementaryGroups=muster-jobs video',
    ]);
    deepStrictEqual(
      (await workersOf(cluster)).map(({ gpus }) => gpus.map(({ name, vendor }) => [name, vendor])),
      [[['Quadro $(id) P1', 'nvidia']]],
    );
    deepStrictEqual(await ranOn(cluster), ['succeeded', 'worker-01']);
    const without = await pasted(`${command} --gpus none`);
    deepStrictEqual([without.code, without.stderr, /GPU/.test(without.stdout)], [0, '', false]);
    strictEqual(await unit('PrivateDevices|DeviceAllow'), 'PrivateDevices=yes');
    deepStrictEqual(
      (await workersOf(cluster)).map(({ gpus }) => gpus),
      [[]],
    );
    // What was said before holds.
    await pasted(command);
    strictEqual(await unit('PrivateDevices|DeviceAllow'), 'PrivateDevices=yes');
    strictEqual((await pasted(`rm /usr/local/bin/nvidia-smi; ${uninstall}`)).code, 0);
    deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
  });

  test('after a power cut in the middle the same line repairs it', { timeout }, async (t) => {
    const cluster = await place(t);
    const before = await said(look);
    const { command } = await cluster.invite();
    for (const sign of ['/opt/muster/releases/*', '/etc/systemd/system/muster-job-units.socket']) {
      // The host goes while it runs: nobody waits for an answer.
      await said(`cat >/root/line <<'END'\n${command}\nEND\nsetsid sh /root/line >/root/said 2>&1 </dev/null &
        timeout 20 sh -c 'until ls ${sign} >/dev/null 2>&1; do :; done'`);
      killHost(host);
      startHost(host);
    }
    const { code, stderr } = await pasted(`rm -f /root/line /root/said; ${command}`);
    deepStrictEqual([code, stderr], [0, '']);
    deepStrictEqual(await ranOn(cluster), ['succeeded', 'worker-01']);
    strictEqual((await pasted(uninstall)).code, 0);
    deepStrictEqual((await said(look)).split('\n'), before.split('\n'));
  });

  test('a user who is logged in, and may not stay, gets a loop that does, and hears what is missing', {
    timeout,
  }, async (t) => {
    const cluster = await place(t);
    await said('useradd --create-home --shell /bin/sh passing; systemctl start "user@$(id -u passing)"');
    const { command } = await cluster.invite();
    const { code, stdout } = await pasted(command, 'passing');
    strictEqual(code, 0, stdout);
    match(stdout, /a loop does, and after a reboot run this again\n/);
    match(
      stdout,
      /loginctl enable-linger is refused here; as root: loginctl enable-linger passing, then the line again/,
    );
    await said('systemctl stop "user@$(id -u passing)"');
    deepStrictEqual(await ranOn(cluster), ['succeeded', 'worker-01']);
    // The remedy: the unit takes over from the loop.
    await said('loginctl enable-linger passing');
    const stays = await pasted(command, 'passing');
    deepStrictEqual([stays.code, stays.stderr, /linger|loop/.test(stays.stdout)], [0, '', false], stays.stdout);
    strictEqual(await said('pgrep -fc agent-keep || true'), '0');
    deepStrictEqual(await ranOn(cluster), ['succeeded', 'worker-01']);
    deepStrictEqual((await workersOf(cluster)).length, 1);
    strictEqual((await pasted('sh ~/.local/share/muster/agent-install.sh --uninstall', 'passing')).code, 0);
    strictEqual(
      await said('loginctl show-user passing --property=Linger --value; find ~passing -mindepth 1 ! -name ".*"'),
      'yes',
    );
  });

  test('what it lacks is named with the command of Debian, and nothing happens', { timeout }, async (t) => {
    const cluster = await place(t);
    const { command } = await cluster.invite();
    await said('mv /usr/bin/cmp /usr/bin/cmp.away');
    const { code, stderr } = await pasted(command);
    await said('mv /usr/bin/cmp.away /usr/bin/cmp');
    deepStrictEqual(
      [code, stderr],
      [
        3,
        'muster: this machine lacks cmp\n   → apt-get install -y diffutils, or the line with --packages at its end\n',
      ],
    );
  });
});
