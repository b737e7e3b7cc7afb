// Does a rack take other programs, whatever happens while it does? Tests for a rack of three hosts that runs.
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { type TestOptions, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { eventually } from './clone.ts';
import { hostNames, killHost, onHost, startHost } from './hosts-lab.ts';
import type { RackCluster } from './rack-cluster.ts';
import { onRack } from './rack-hosts.ts';
import { seeded } from './seeded.ts';

/** What is chosen by chance follows from it. */
const seed = Number(process.env.MUSTER_SEED ?? Date.now() % 100_000);
const random = seeded(seed);
/** Another release that does the same. */
const longer = (program: Buffer) => Buffer.concat([program, Buffer.from('\n')]);
const badProgram = Buffer.from('#!/bin/sh\necho this release is bad >&2\nexit 1\n');

export function renewals(cluster: () => RackCluster, options: TestOptions): void {
  test('a host that loses its power while it is renewed is put right by the next run', options, async (context) => {
    const rack = cluster();
    context.diagnostic(`MUSTER_SEED=${seed}`);
    rack.replace('agent', longer);
    const upgrade = rack.begin('upgrade', '--limit', 'node2');
    await upgrade.lines(5);
    await onHost('node2', 'timeout 200 sh -c "while systemctl --quiet is-active muster-worker; do sleep 0.05; done"');
    await setTimeout(random() * 1500);
    killHost('node2');
    await upgrade.cut();
    startHost('node2');
  });

  test('an upgrade under load loses no job, also when it is cut and begun again', options, async () => {
    const rack = cluster();
    const release = rack.replace('agent', longer);
    const upgrade = (async () => {
      const first = rack.begin('upgrade');
      await first.lines(40 + Math.floor(random() * 60));
      await first.cut();
      return await rack.playbook('upgrade');
    })();
    const ids: string[] = [];
    let over = false;
    void upgrade.finally(() => {
      over = true;
    });
    // One more each second, so that no worker is idle when its turn comes; the orchestrator may be starting anew.
    await eventually(
      'the upgrade is over',
      async () => {
        ids.push(await rack.submit('sh', '-c', 'sleep 6; echo done'));
        await setTimeout(1000);
        return over;
      },
      500,
    );
    const { said } = await upgrade;
    strictEqual(said.code, 0, said.stdout);
    deepStrictEqual(await rack.releases(), [release, release, release]);
    const jobs = await Promise.all(ids.map((id) => rack.ended(id)));
    const lost = jobs.filter(({ state }) => state !== 'succeeded').map(({ id, detail }) => `${id} ${detail}`);
    // Who stops refuses what comes in that moment: that attempt never began, and the next one is elsewhere.
    const broken = jobs.flatMap(({ attempts, id }) =>
      attempts
        .filter(({ cause, startedAt }) => startedAt !== null && cause !== 'succeeded' && cause !== 'drained')
        .map(({ cause, worker }) => `${id} on ${worker}: ${cause}`),
    );
    deepStrictEqual({ lost, broken }, { lost: [], broken: [] });
    ok(ids.length > 15, `${ids.length} jobs`);
  });

  test('a bad version goes back to the one before, and reaches no second host', options, async () => {
    const rack = cluster();
    const before = await rack.releases();
    const right = rack.program('agent');
    const bad = rack.replace('agent', () => badProgram);
    const { said } = await rack.playbook('upgrade');
    notStrictEqual(said.code, 0);
    match(said.stdout, /muster-worker did not come back with what is new.*this release is bad/s);
    deepStrictEqual(await rack.releases(), before);
    ok(!before.includes(bad));
    rack.replace('agent', () => right);
    strictEqual((await rack.idle(3)).length, 3);
  });

  test('a bad orchestrator goes back too, says so, and no worker notices', options, async () => {
    const rack = cluster();
    const pids = () => Promise.all(hostNames.map((host) => onRack(host, 'pgrep -xf /opt/muster/bin/muster-agent')));
    const before = (await pids()).map(({ stdout }) => stdout);
    const right = rack.program('orchestrator');
    rack.replace('orchestrator', () => badProgram);
    const { code, stderr } = await rack.deploy('--yes');
    strictEqual(code, 1);
    match(
      stderr,
      /^muster: node1: .*muster-orchestrator did not come back with what is new, so \S+ runs again.*this release is bad/s,
    );
    rack.replace('orchestrator', () => right);
    strictEqual((await rack.idle(3)).length, 3);
    deepStrictEqual(
      (await pids()).map(({ stdout }) => stdout),
      before,
    );
  });
}
