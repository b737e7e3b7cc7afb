// Does a cluster come to three real hosts by one command, stay as it is, survive what happens there, and leave no trace?
import { deepStrictEqual, match, notStrictEqual, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RackOutcome } from '../../stacks/cli/rack/work.ts';
import { eventually } from '../support/clone.ts';
import {
  cutHost,
  freshHosts,
  type Host,
  healHost,
  hostAddress,
  hostNames,
  hostsDown,
  onHost,
  rebootHost,
  whyNoHosts,
} from '../support/hosts-lab.ts';
import { labEnvironment } from '../support/lab.ts';
import { RackCluster } from '../support/rack-cluster.ts';
import { makeOps, movedSpec, onRack, treeOf } from '../support/rack-hosts.ts';
import { renewals } from '../support/rack-renewals.ts';

const hasAnsible = spawnSync('ansible-playbook', ['--version'], { env: { ...process.env, ...labEnvironment() } });
const why = whyNoHosts() ?? (hasAnsible.error === undefined ? null : 'ansible-playbook is absent');
const options = { ...(why !== null && { skip: why }), timeout: 600_000 };
const trees = new Map<Host, readonly string[]>();
let rack: RackCluster;

before(async () => {
  if (why !== null) return;
  freshHosts();
  await makeOps();
  for (const host of hostNames) trees.set(host, await treeOf(host));
  rack = await RackCluster.make();
});
after(async () => {
  if (why !== null) return;
  await rack.remove();
  hostsDown();
});

test('the plan says what would happen, and nothing does', options, async () => {
  const { code, stderr, stdout } = await rack.deploy('--check');
  strictEqual(code, 0, stderr);
  match(stdout, /^rack "rack" \(3 hosts: node1 node2 node3\)$/m);
  match(stdout, /~ node1 node2 node3 +host: copy the release/);
  match(stdout, /~ node1 node2 node3 +service: bring it in line +.*orchestrator \(1 unit, .*start\)/);
  const { stdout: there } = await onHost('node2', 'ls -d /opt/muster /etc/muster 2>/dev/null | wc -l');
  strictEqual(there.trim(), '0');
});

test('one command installs the whole cluster', options, async () => {
  const { code, stderr, stdout } = await rack.deploy('--yes');
  strictEqual(code, 0, stderr + stdout);
  match(stdout, /^muster: the rack "rack" is up \(https:\/\/\S+:8080\)$/m);
  strictEqual((await rack.idle(3)).length, 3);
  const { stdout: active } = await onHost('node1', 'systemctl is-active muster-{orchestrator,prometheus,proxy,worker}');
  deepStrictEqual(active.trim().split('\n'), ['active', 'active', 'active', 'active']);
});

test('a job runs', options, async () => {
  const job = await rack.ended(await rack.submit('sh', '-c', 'test "$(id -u)" -ne 0'));
  strictEqual(job.state, 'succeeded', JSON.stringify(job));
});

test('the limit of memory of a job holds, and a cancelled one leaves no process on any host', options, async () => {
  const hungry = await rack.ended(await rack.submit('python3', '-c', 'x = bytearray(200 << 20)'));
  strictEqual(hungry.state, 'failed');
  deepStrictEqual([...new Set(hungry.attempts.map(({ cause }) => cause))], ['out_of_memory']);
  const family = 'sleep 71240.5 & setsid sleep 71240.5 & (trap "" TERM; exec setsid sleep 71240.5)';
  const id = await rack.submit('sh', '-c', family);
  const count = async () => {
    const said = await Promise.all(hostNames.map((host) => onRack(host, "pgrep -cf '^sleep 71240.5$'")));
    return said.reduce((total, { stdout }) => total + Number(stdout), 0);
  };
  await eventually('the whole family runs', async () => (await count()) === 3);
  await rack.api('POST', `/api/v1/jobs/${id}/cancel`);
  strictEqual((await rack.ended(id)).state, 'cancelled');
  strictEqual(await count(), 0);
});

test('a second run changes nothing, and a check has nothing to say', options, async () => {
  const still = { changed: 0, failed: 0 };
  const second = await rack.playbook('site');
  deepStrictEqual(second.recap, { node1: still, node2: still, node3: still }, second.said.stdout);
  const { code, stderr, stdout } = await rack.deploy('--check', '--json');
  strictEqual(code, 0, stderr);
  deepStrictEqual(JSON.parse(stdout), { end: 'done', plan: [], changed: 0, trouble: [] } satisfies RackOutcome);
});

test('only the doors are open that must be, and SSH takes keys alone', options, async () => {
  const ask = (address: string) => `curl -s -m 5 -o /dev/null -w '%{http_code}' http://${address}:9999/`;
  await onHost('node2', 'systemd-run --collect --unit=door python3 -m http.server --directory /opt 9999');
  const open = await eventually('somebody listens', async () => {
    const { stdout } = await onHost('node2', ask('127.0.0.1'));
    return stdout === '200' && stdout;
  });
  const { stdout: shut } = await onHost('node1', ask(hostAddress('node2')));
  await onHost('node2', 'systemctl stop door');
  deepStrictEqual({ open, shut }, { open: '200', shut: '000' });
  const { stdout } = await onHost('node2', "sshd -T | grep -E '^(passwordauthentication|permitrootlogin) ' | sort");
  strictEqual(stdout, 'passwordauthentication no\npermitrootlogin without-password\n');
});

test('doors that would lock the operator out open again by themselves', options, async () => {
  const file = join(rack.clone.folder, 'build/rack/node3/nftables.conf');
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, right.replace('tcp dport { 22 }', 'tcp dport { 2222 }'));
  const words = ['--limit', 'node3', '--tags', 'hardening', '--extra-vars', 'hardening_proof_seconds=12'];
  const { recap } = await rack.playbook('site', ...words);
  writeFileSync(file, right);
  deepStrictEqual(recap.node3?.failed, 1);
  const { stdout } = await eventually('SSH answers again', async () => {
    const answer = await rack.enter('ops', 'node3', 'cat /etc/muster/nftables.conf');
    return answer.code === 0 && answer;
  });
  strictEqual(stdout, right);
  notStrictEqual((await rack.enter('root', 'node3', 'true')).code, 0);
});

test('a host that starts again is back by itself', options, async () => {
  rebootHost('node2');
  const { stdout } = await onHost('node2', 'systemctl is-active muster-worker muster-firewall');
  strictEqual(stdout, 'active\nactive\n');
  strictEqual((await rack.idle(3)).length, 3);
});

renewals(() => rack, options);

test('the jobs of a host that loses its network finish elsewhere', options, async () => {
  const said = await onRack('node3', 'journalctl -u muster-worker -o cat | grep \'"registered"\' | tail -1');
  const { worker: name } = JSON.parse(said.stdout) as { readonly worker: string };
  const ids = await Promise.all(Array.from({ length: 9 }, () => rack.submit('sh', '-c', 'sleep 5; hostname')));
  const onNode3 = async () => {
    const jobs = await Promise.all(ids.map((id) => rack.job(id)));
    return jobs.find(({ attempts }) => attempts.some(({ worker }) => worker === name));
  };
  const lost = await eventually('a job runs on node3', async () => (await onNode3()) ?? null);
  cutHost('node3');
  const job = await rack.ended(lost.id, 120);
  strictEqual(job.state, 'succeeded', JSON.stringify(job));
  notStrictEqual(job.attempts.at(-1)?.worker, name);
  for (const id of ids) strictEqual((await rack.ended(id)).state, 'succeeded');
  healHost('node3');
  strictEqual((await rack.idle(3)).length, 3);
});

test(
  'what moves to another host leaves the one where it was, with its data, and two classes share a host',
  options,
  async () => {
    rack.write(movedSpec);
    const limited = await rack.deploy('--check', '--limit', 'node2');
    strictEqual(limited.code, 0, limited.stderr);
    match(limited.stdout, /^rack "rack" \(1 host: node2\)\n( {2}[~-] node2 .*\n)+$/m);
    const { code, stderr, stdout } = await rack.deploy('--yes', '--json');
    strictEqual(code, 0, stderr + stdout);
    const { plan } = JSON.parse(stdout) as RackOutcome;
    const leaving = plan.find(({ mark }) => mark === '-')?.effect ?? '';
    match(leaving, /prometheus\b.*, data stay in \/var\/lib\/muster\/prometheus/);
    match(leaving, /worker\b.*, data stay in \/var\/lib\/muster\/worker/);
    const trace = `ls -d /etc/systemd/system/muster-worker* /etc/muster/secrets/classes/worker /etc/muster/configs/prometheus \
    /etc/systemd/system/muster-prometheus* /run/credentials/muster-{worker,prometheus}.service /var/lib/muster/{worker,prometheus}`;
    const left = await Promise.all((['node1', 'node3'] as const).map((host) => onRack(host, `${trace} 2>/dev/null`)));
    const kept = (name: string) => `/var/lib/muster/${name}`;
    const ofWorker = ['/etc/muster/secrets/classes/worker', '/etc/systemd/system/muster-worker.service'];
    deepStrictEqual(
      left.map(({ stdout: found }) => found.trim().split('\n').sort()),
      [[...ofWorker, '/run/credentials/muster-worker.service', kept('prometheus'), kept('worker')], [kept('worker')]],
    );
    strictEqual((await rack.idle(4)).length, 4);
    const both = await onHost('node2', 'systemctl is-active muster-worker muster-second');
    strictEqual(both.stdout, 'active\nactive\n');
    const ids = await Promise.all([rack.submitTo({ kind: 'second' }, 'true'), rack.submit('true')]);
    for (const id of ids) strictEqual((await rack.ended(id)).state, 'succeeded');
  },
);

test('what is taken off leaves no file, no user and no unit', options, async () => {
  const { code, stderr, stdout } = await rack.deploy('--uninstall', '--yes');
  strictEqual(code, 0, stderr + stdout);
  for (const host of hostNames) {
    const before = new Set(trees.get(host));
    const now = await treeOf(host);
    deepStrictEqual({ host, left: now.filter((line) => !before.has(line)) }, { host, left: [] });
  }
});
