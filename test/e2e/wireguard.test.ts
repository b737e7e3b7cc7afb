// Do hosts without a private network work as a rack, through tunnels that outlast whatever happens to their hosts and keys?
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { WorkerList } from '../../services/protocol/index.ts';
import { eventually, type Said } from '../support/clone.ts';
import {
  freshHosts,
  type Host,
  hostAddress,
  hostNames,
  hostsDown,
  onHost,
  rebootHost,
  sshConfig,
  whyNoHosts,
} from '../support/hosts-lab.ts';
import { labEnvironment } from '../support/lab.ts';
import { RackCluster } from '../support/rack-cluster.ts';
import { treeOf } from '../support/rack-hosts.ts';

const hasAnsible = spawnSync('ansible-playbook', ['--version'], { env: { ...process.env, ...labEnvironment() } });
const why = whyNoHosts() ?? (hasAnsible.error === undefined ? null : 'ansible-playbook is absent');
const options = { ...(why !== null && { skip: why }), timeout: 600_000 };

const inside: Readonly<Record<Host, string>> = { node1: '10.90.0.1', node2: '10.90.0.2', node3: '10.90.0.3' };
const trees = new Map<Host, readonly string[]>();
let rack: RackCluster;
/** Ends the operator's way in. */
let shut = (): void => {};

function write(...hosts: readonly Host[]): void {
  const placed = hosts.map((host) => {
    const runs = [host === 'node1' ? 'orchestrator' : 'worker'];
    return [host, { address: hostAddress(host), wireguard: inside[host], runs }];
  });
  const spec = {
    name: 'places',
    orchestrator: { cpus: 0.5, heartbeat: '2s', leaseTtl: '20s', port: rack.clone.port },
    workers: { worker: { cpus: 1, memory: '512MiB', gpus: 'none' } },
    rack: { network: { kind: 'wireguard', subnet: '10.90.0.0/24' }, hosts: Object.fromEntries(placed) },
  };
  writeFileSync(join(rack.clone.folder, 'cluster.yaml'), JSON.stringify(spec));
}

/** As in a terminal in which nobody said which port. */
const muster = (...args: string[]): Promise<Said> =>
  rack.clone.run(process.execPath, [join(rack.clone.folder, 'stacks/cli/muster.js'), ...args], { MUSTER_PORT: '' });

function idle(count: number): Promise<true> {
  return eventually(`${count} workers are idle`, async () => {
    const { code, stdout } = await muster('workers', 'list', '--json');
    if (code !== 0) return false;
    const { workers } = JSON.parse(stdout) as WorkerList;
    return workers.filter(({ state }) => state === 'idle').length === count;
  });
}

async function aJobRuns(): Promise<void> {
  const { code, stderr, stdout } = await muster('jobs', 'submit', '--wait', '--', 'hostname');
  strictEqual(code, 0, stderr + stdout);
}

const said = async (host: Host, script: string): Promise<string> => (await onHost(host, script)).stdout.trim();
/** Which process moves what goes through the tunnel: the same one as before has not dropped anybody. */
const mover = (host: Host): Promise<string> => said(host, 'systemctl show -P MainPID muster-wireguard');

/** Of what other hosts send; this machine still gets in. */
async function cutAllBut51820(host: Host): Promise<void> {
  const others = hostNames.filter((each) => each !== host).map(hostAddress);
  const rules = ['meta l4proto != 17 drop', 'udp dport != 51820 drop'].map(
    (rule) => `nft 'add rule inet cut in ip saddr { ${others.join(', ')} } ${rule}'`,
  );
  const script = `set -e
apt-get update -qq && apt-get install -qq --no-install-recommends nftables >/dev/null 2>&1
nft add table inet cut
nft 'add chain inet cut in { type filter hook input priority -10; }'
${rules.join('\n')}`;
  const { code, stderr } = await onHost(host, script);
  strictEqual(code, 0, stderr);
}

before(async () => {
  if (why !== null) return;
  freshHosts();
  for (const host of hostNames) {
    await cutAllBut51820(host);
    trees.set(host, await treeOf(host));
  }
  rack = await RackCluster.make();
});
after(async () => {
  if (why !== null) return;
  shut();
  await rack.remove();
  hostsDown();
});

test('hosts that reach nothing of each other but one port of UDP are a rack', options, async () => {
  write('node1', 'node2');
  const { code, stderr, stdout } = await rack.deploy('--yes');
  strictEqual(code, 0, stderr + stdout);
  const [, line = ''] = /the way there: {2}ssh (.*)$/m.exec(stdout) ?? [];
  match(line, new RegExp(`^-fN -p 22 -L \\d+:${inside.node1}:\\d+ root@${hostAddress('node1')}$`));
  const socket = join(rack.clone.folder, 'way-in');
  const way = spawnSync('ssh', ['-F', sshConfig, '-M', '-S', socket, ...line.split(' ')], { stdio: 'ignore' });
  strictEqual(way.status, 0);
  shut = () => void spawnSync('ssh', ['-S', socket, '-O', 'exit', 'node1'], { stdio: 'ignore' });
  await idle(1);
  await aJobRuns();
});

test('the orchestrator answers in the private network alone', options, async () => {
  const ask = (address: string) =>
    `curl -ks -m 3 -o /dev/null -w '%{http_code}' https://${address}:${rack.clone.port}/api/v1/workers`;
  const fromOutside = spawnSync('sh', ['-c', ask(hostAddress('node1'))], { encoding: 'utf8' }).stdout;
  deepStrictEqual([await said('node2', ask(inside.node1)), fromOutside], ['401', '000']);
});

test('a key lies on its own host, for root, and nowhere else', options, async () => {
  const found = (host: Host) => said(host, 'find / -xdev -path "*secrets/wireguard/*" -printf "%m %u %p\\n" | sort');
  deepStrictEqual(
    [await found('node1'), await found('node2')],
    ['600 root /etc/muster/secrets/wireguard/node1', '600 root /etc/muster/secrets/wireguard/node2'],
  );
});

test('a second run changes nothing', options, async () => {
  const still = { changed: 0, failed: 0 };
  const { recap, said: words } = await rack.playbook('site');
  deepStrictEqual(recap, { node1: still, node2: still }, words.stdout);
});

test('a further host comes in, and those that are there lose no packet', options, async () => {
  const before = await mover('node2');
  await onHost('node2', `systemd-run --unit=pinging -q sh -c 'exec ping -i 0.2 -n ${inside.node1} >/tmp/ping.log'`);
  write('node1', 'node2', 'node3');
  const { code, stderr, stdout } = await rack.deploy('--yes');
  strictEqual(code, 0, stderr + stdout);
  await idle(2);
  await onHost('node2', 'systemctl kill -s INT pinging');
  const summary = await eventually('ping says how many came back', async () => {
    const text = await said('node2', 'grep transmitted /tmp/ping.log');
    return text !== '' && text;
  });
  const [, sent, back] = /^(\d+) packets transmitted, (\d+) received/.exec(summary) ?? [];
  ok(Number(sent) > 20 && sent === back, summary);
  strictEqual(await mover('node2'), before);
});

test('a key that was removed is made anew, on all hosts at once', options, async () => {
  const before = await mover('node1');
  const key = await said('node2', 'wg show muster0 public-key');
  rmSync(join(rack.clone.home, 'secrets/wireguard/node2.key'));
  const { code, stderr, stdout } = await rack.deploy('--yes');
  strictEqual(code, 0, stderr + stdout);
  notStrictEqual(await said('node2', 'wg show muster0 public-key'), key);
  strictEqual(await mover('node1'), before);
  await idle(2);
  await aJobRuns();
});

test('a host that starts again is back by itself, and so is a tunnel whose program was killed', options, async () => {
  rebootHost('node2');
  await onHost('node1', 'systemctl kill -s KILL muster-wireguard');
  await idle(2);
  deepStrictEqual(await said('node2', 'systemctl is-active muster-wireguard muster-worker'), 'active\nactive');
  await aJobRuns();
});

test('what is taken off leaves no file, no user, no unit and no device', options, async () => {
  const { said: words } = await rack.playbook('uninstall');
  strictEqual(words.code, 0, words.stdout);
  for (const host of hostNames) {
    const before = new Set(trees.get(host));
    const left = (await treeOf(host)).filter((line) => !before.has(line));
    deepStrictEqual({ host, left }, { host, left: [] });
    strictEqual(await said(host, 'ip -o link show muster0 2>/dev/null | wc -l'), '0');
  }
});
