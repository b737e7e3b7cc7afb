// Does a rented machine that nobody needs end itself, so that no group replaces it and no bill grows? On the fake of AWS.
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { joined, ran, until, workersOf } from '../support/cloud-fakes-cluster.ts';
import { builtAgents } from '../support/cloud-fakes-downloads.ts';
import { install, powerOn, printed } from '../support/cloud-fakes-host.ts';
import { asked, handOut, renting, terminate } from '../support/cloud-fakes-rented.ts';
import { freshHost, hostNames, hostsDown, whyNoHosts } from '../support/hosts-lab.ts';

const timeout = 300_000;
/** Longer than agents wait between two tries. */
const limitSeconds = 40;

describe('hosts with systemd and cloud-init', { skip: whyNoHosts() ?? false }, () => {
  before(builtAgents);
  after(hostsDown);

  test('the orchestrator is dead: all but the minimum end, a running job is waited for, and nobody is replaced', {
    timeout,
  }, async (t) => {
    freshHost(...hostNames);
    const rented = await renting(t, hostNames, 1);
    const { boot, group, orchestrator, port } = rented;
    const own = { ...boot, bootDeadlineSeconds: 120, aloneSeconds: limitSeconds };
    const machines = hostNames.map((host) => handOut(rented, host, own));
    await Promise.all(hostNames.map((host) => install(host, 'aws', port)));
    void powerOn(...hostNames);
    await joined(rented, 3);

    // Away for less than the limit: nothing comes of it, and the limit begins anew.
    await orchestrator().running.stop();
    await sleep(5000);
    await rented.restarted();
    await joined(rented, 3);
    deepStrictEqual([group.desired, group.paid], [3, machines]);

    const command = ['sh', '-c', 'until [ -e /usr/local/enough ]; do sleep 0.2; done'];
    const { json } = await orchestrator().admin.post('/api/v1/jobs', { command });
    const jobs = `/api/v1/jobs/${json.id}`;
    await until('the job runs', 20, async () => (await orchestrator().admin.get(jobs)).json.state === 'running');
    const { worker } = (await orchestrator().admin.get(jobs)).json as { readonly worker: string };
    const busy = worker.replace(/^small-/, '');
    const host = hostNames[machines.indexOf(busy)] ?? 'node1';
    const startedAt = performance.now();
    await orchestrator().running.stop();
    await until('the idle ones have ended', 60, () => group.paid.length === 1);
    t.diagnostic(
      `idle machines had ended ${((performance.now() - startedAt) / 1000).toFixed(1)} s after the orchestrator, limit ${limitSeconds} s`,
    );
    const joining = ['200 GetSecretValue lab/small/token', '200 CompleteLifecycleAction muster-launch'];
    deepStrictEqual([group.paid, asked(rented, busy)], [[busy], joining]);
    const endedAt = performance.now();
    await printed(host, 'touch /usr/local/enough');
    await until('the busy one has asked', 90, () => asked(rented, busy).length > joining.length);
    t.diagnostic(`the busy one asked ${((performance.now() - endedAt) / 1000).toFixed(1)} s after its job`);
    // The minimum that was asked for stays, and nobody came in place of the others.
    deepStrictEqual(asked(rented, busy), [...joining, `400 ${terminate}`]);
    deepStrictEqual([group.desired, group.min, group.machines.length, group.paid], [1, 1, 3, [busy]]);
    for (const machine of machines.filter((each) => each !== busy)) {
      const end = [`200 ${terminate}`, '200 CompleteLifecycleAction muster-terminate'];
      deepStrictEqual(asked(rented, machine), [...joining, ...end]);
    }
    match(await printed(host, 'journalctl --unit=muster-watch'), /it was refused \(a group at its minimum/);

    await rented.restarted();
    await until('it is back', 60, async () => (await workersOf(rented)).some(({ state }) => state === 'idle'));
    strictEqual((await ran(rented, ['true'])).worker, worker);
  });
});
