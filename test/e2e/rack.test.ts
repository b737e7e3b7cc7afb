// Does a cluster come to three real hosts by one command, stay as it is, survive what happens there, and leave no trace?
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
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
import { RackCluster, treeOf } from '../support/rack-cluster.ts';

const hasAnsible = spawnSync('ansible-playbook', ['--version'], { env: { ...process.env, ...labEnvironment() } });
const why = whyNoHosts() ?? (hasAnsible.error === undefined ? null : 'ansible-playbook is absent');
const options = { ...(why !== null && { skip: why }), timeout: 600_000 };
const trees = new Map<Host, readonly string[]>();
let rack: RackCluster;

before(async () => {
  if (why !== null) return;
  freshHosts();
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
  match(stdout, /~ node1 +proxy: .*|~ node1 .*service: copy its units/);
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

test('a second run changes nothing, and a check has nothing to say', options, async () => {
  const still = { changed: 0, failed: 0 };
  const second = await rack.playbook('site');
  deepStrictEqual(second.recap, { node1: still, node2: still, node3: still }, second.said.stdout);
  const check = await rack.deploy('--check');
  match(check.stdout, /muster: the rack "rack" is as it should be, nothing to change/);
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
  const words = ['--limit', 'node3', '--tags', 'hardening', '--extra-vars', 'hardening_proof_seconds=20'];
  const { recap } = await rack.playbook('site', ...words);
  writeFileSync(file, right);
  deepStrictEqual(recap.node3?.failed, 1);
  const { stdout } = await eventually('SSH answers again', async () => {
    const answer = await onHost('node3', 'cat /etc/muster/nftables.conf');
    return answer.code === 0 && answer;
  });
  strictEqual(stdout, right);
});

test('a host that starts again is back by itself', options, async () => {
  rebootHost('node2');
  const { stdout } = await onHost('node2', 'systemctl is-active muster-worker muster-firewall');
  strictEqual(stdout, 'active\nactive\n');
  strictEqual((await rack.idle(3)).length, 3);
});

test('an upgrade under load loses no job', options, async () => {
  const before = await rack.releases();
  const release = rack.replaceAgent((program) => Buffer.concat([program, Buffer.from('\n')]));
  const upgrade = rack.playbook('upgrade');
  const ids: string[] = [];
  let over = false;
  void upgrade.finally(() => {
    over = true;
  });
  // One more each second, so that no worker is idle when its turn comes; the orchestrator may be starting anew.
  await eventually(
    'the upgrade is over',
    async () => {
      ids.push(await rack.submit('sh', '-c', 'sleep 8; echo done'));
      await setTimeout(1000);
      return over;
    },
    500,
  );
  const { said } = await upgrade;
  strictEqual(said.code, 0, said.stdout);
  deepStrictEqual(await rack.releases(), [release, release, release]);
  notStrictEqual(before[0], release);
  const jobs = await Promise.all(ids.map((id) => rack.ended(id)));
  const lost = jobs.filter(({ state }) => state !== 'succeeded').map(({ id, detail }) => `${id} ${detail}`);
  // Who stops refuses what comes in that moment: that attempt never began, and the next one is elsewhere.
  const broken = jobs.flatMap(({ attempts, id }) =>
    attempts
      .filter(({ cause, startedAt }) => startedAt !== null && cause !== 'succeeded' && cause !== 'drained')
      .map(({ cause, worker }) => `${id} on ${worker}: ${cause}`),
  );
  deepStrictEqual({ lost, broken }, { lost: [], broken: [] });
  ok(ids.length > 20, `${ids.length} jobs`);
});

test('a bad version goes back to the one before, and reaches no second host', options, async () => {
  const before = await rack.releases();
  const bad = rack.replaceAgent(() => Buffer.from('#!/bin/sh\necho this release is bad >&2\nexit 1\n'));
  const { said } = await rack.playbook('upgrade');
  notStrictEqual(said.code, 0);
  match(said.stdout, /muster-worker did not come back with what is new.*this release is bad/s);
  deepStrictEqual(await rack.releases(), before);
  ok(!before.includes(bad));
  strictEqual((await rack.idle(3)).length, 3);
});

test('the jobs of a host that loses its network finish elsewhere', options, async () => {
  const said = await onHost('node3', 'journalctl -u muster-worker -o cat | grep \'"registered"\' | tail -1');
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

test('what is taken off leaves no file, no user and no unit', options, async () => {
  const { code, stderr, stdout } = await rack.deploy('--uninstall', '--yes');
  strictEqual(code, 0, stderr + stdout);
  for (const host of hostNames) {
    const before = new Set(trees.get(host));
    const now = await treeOf(host);
    deepStrictEqual({ host, left: now.filter((line) => !before.has(line)) }, { host, left: [] });
  }
});
