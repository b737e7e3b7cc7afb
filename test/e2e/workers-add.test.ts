// Does a real host become a worker over the real ssh, also through a tunnel whose cable is cut, and is it left as it was?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { JobView } from '../../services/protocol/index.ts';
import { buildExecutables, executablesFolder, installScript } from '../../stacks/cli/executables.ts';
import { markedProcesses } from '../../stacks/drivers/processes.ts';
import { afterTest } from '../services/orchestrator/support/cleanup.ts';
import { controlHost } from '../support/control-host.ts';
import {
  cutHost,
  freshHost,
  healHost,
  hostAddress,
  hostsDown,
  insideHost,
  machineAddress,
  onHost,
  rebootHost,
  sshConfig,
  whyNoHosts,
} from '../support/hosts-lab.ts';
import { inviting } from '../support/inviting.ts';
import { until } from '../support/local-stack.ts';
import { root } from '../support/sources.ts';

const seconds = (from: number) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
const agentName = `muster-agent-linux-${process.arch}` as const;
let agent: Buffer;

/** The real ssh, with the keys of the lab; an orchestrator that the hosts reach, with the agent as it is now. */
async function place(t: TestContext) {
  const made = await inviting(t, { host: machineAddress });
  const { folder } = made.bench;
  made.offer({ 'install.sh': installScript(root), [agentName]: agent });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${sshConfig}' "$@"\n`);
  chmodSync(join(folder, 'bin/ssh'), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}/bin:${path}`;
  afterTest(t, () => {
    process.env.PATH = path;
  });
  const home = join(folder, 'home');
  const muster = async (...argv: readonly string[]) => {
    const answer = await made.muster(...argv);
    strictEqual(answer.code, 0, `${argv.join(' ')}\n${answer.stdout}${answer.stderr}`);
    return answer.stdout;
  };
  /** What a job says. */
  const job = async (...command: readonly string[]) => {
    const { id } = (await made.bench.admin.post('/api/v1/jobs', { command })).json as JobView;
    await until(async () => (await made.bench.admin.get(`/api/v1/jobs/${id}`)).json.state === 'succeeded' || null, 180);
    return (await made.bench.admin.get(`/api/v1/jobs/${id}/logs`)).text;
  };
  return { ...made, answer: made.muster, home, job, muster };
}

/** Every file, unit and user; not what the system itself writes while time passes. */
const look = `find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log \\
  -o -path /var/lib/systemd -o -path /var/tmp \\) -prune -o -print | sort
systemctl list-unit-files --no-legend --no-pager | awk '$1 !~ /^session-[0-9]+.scope$/ { print $1, $2 }'
getent passwd; ps -eo comm= | grep -c muster || true`;

async function found(): Promise<readonly string[]> {
  const { code, stdout, stderr } = await onHost('node1', look);
  strictEqual(code, 0, stderr);
  return stdout.trim().split('\n');
}

/** What is there more or less than before. */
async function changedSince(before: readonly string[]): Promise<readonly string[]> {
  const now = await found();
  return [...now.filter((line) => !before.includes(line)), ...before.filter((line) => !now.includes(line))];
}

describe('workers added over ssh', { skip: whyNoHosts() ?? false }, () => {
  before(async () => {
    const quiet = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
    await buildExecutables(quiet, [`linux-${process.arch as 'x64'}`], () => undefined);
    agent = readFileSync(join(executablesFolder(root), agentName));
    freshHost('node1', 'node2');
  });
  after(hostsDown);

  test('root@node1 joins, runs a job, and has nothing left when it is removed', async (t) => {
    const { job, muster } = await place(t);
    const before = await found();
    strictEqual(before.length > 1000, true);
    const startedAt = performance.now();
    const said = await muster('workers', 'add', 'root@node1', '--name', 'first', '--yes');
    t.diagnostic(`joined after ${seconds(startedAt)}\n${said}`);
    match(said, /host {6}Linux \S+, systemd, as root\n[\s\S]* {2}joined {4}first, idle after/);
    strictEqual(await job('hostname'), 'node1\n');
    match(await muster('workers', 'add', 'root@node1', '--yes'), /is a worker already, nothing to change/);
    match(await muster('workers', 'remove', 'first', '--yes'), /nothing of it is left on root@node1/);
    deepStrictEqual(await changedSince(before), []);
  });

  test('a user who is not root joins as well, and has nothing left', async (t) => {
    const { job, muster } = await place(t);
    const made = await onHost(
      'node1',
      'useradd -m -s /bin/bash pat && cp -r /root/.ssh ~pat/ && chown -R pat: ~pat/.ssh',
    );
    strictEqual(made.code, 0, made.stderr);
    const before = await found();
    // Without a right to linger a loop keeps the agent; with it, a unit does.
    const looped = await muster('workers', 'add', 'pat@node1', '--yes');
    match(looped, /neither systemd nor cron keeps the agent for this user: a loop does/);
    match(looped, /as root: loginctl enable-linger pat, then the line again/);
    match(await muster('workers', 'add', 'pat@node1', '--yes'), /is a worker already/);
    strictEqual(await job('id', '-un'), 'pat\n');
    await muster('workers', 'remove', 'worker-01', '--yes');
    deepStrictEqual(await changedSince(before), []);
  });

  test('through a tunnel of our own it works as well, and again after its network was gone', async (t) => {
    const { home, job, muster } = await place(t);
    const before = await found();
    match(await muster('workers', 'add', 'root@node1', '--tunnel', '--yes'), /opened {4}the tunnel/);
    // No other way leads to the orchestrator.
    const settings = await onHost('node1', 'grep URL /etc/muster/agent.env');
    match(settings.stdout, /"https:\/\/127\.0\.0\.1:2\d{4}"\n$/);
    strictEqual(await job('hostname'), 'node1\n');
    const pids = () =>
      markedProcesses(join(home, 'tunnels')).flatMap(({ leads, name, pid }) =>
        name === 'supervisor' || !leads ? [] : [pid],
      );
    const [first] = pids();
    cutHost('node1');
    try {
      await until(() => !pids().includes(first as number) || null, 90);
    } finally {
      healHost('node1');
    }
    const healedAt = performance.now();
    strictEqual(await job('hostname'), 'node1\n');
    t.diagnostic(`a job ran ${seconds(healedAt)} after the network was back`);
    await muster('workers', 'remove', 'worker-01', '--yes');
    deepStrictEqual([await changedSince(before), markedProcesses(join(home, 'tunnels'))], [[], []]);
  });

  test('a tunnel that systemd keeps comes back after a cut, and after a reboot of its machine', async (t) => {
    const { bench, ca, job } = await place(t);
    const control = await controlHost('node2', bench.running.url, bench.adminKey, ca);
    const added = await control('workers', 'add', `root@${hostAddress('node1')}`, '--tunnel', '--yes');
    strictEqual(added.code, 0, `${added.stdout}${added.stderr}`);
    match(added.stdout, / {2}opened {4}the tunnel, after \S+ s\n/);
    strictEqual(await job('hostname'), 'node1\n');
    const unit = async (property: string) =>
      (await insideHost('node2', `systemctl show --property=${property} --value 'muster-tunnel-*'`)).stdout.trim();
    cutHost('node2');
    try {
      await until(async () => (await unit('NRestarts')) !== '0' || null, 90);
    } finally {
      healHost('node2');
    }
    const healedAt = performance.now();
    strictEqual(await job('hostname'), 'node1\n');
    t.diagnostic(`a job ran ${seconds(healedAt)} after the network was back`);
    rebootHost('node2');
    const bootedAt = performance.now();
    strictEqual(await job('hostname'), 'node1\n');
    t.diagnostic(`a job ran ${seconds(bootedAt)} after the reboot`);
    const removed = await control('workers', 'remove', 'worker-01', '--yes');
    strictEqual(removed.code, 0, `${removed.stdout}${removed.stderr}`);
    const left = await onHost(
      'node2',
      "ls /etc/systemd/system | grep muster; systemctl list-units --all --no-legend 'muster*'; pgrep -a ssh | grep -e -R",
    );
    strictEqual(left.stdout, '');
  });
});
