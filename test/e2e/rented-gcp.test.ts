// Does a machine of Google Cloud become a worker by its start-up script, and end itself when nobody needs it?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { userData } from '../../stacks/configs/user-data/rented.ts';
import { afterTest } from '../services/orchestrator/support/cleanup.ts';
import { joined, orchestrating, ran, until, workersOf } from '../support/cloud-fakes-cluster.ts';
import { builtAgents } from '../support/cloud-fakes-downloads.ts';
import { FakeGcp } from '../support/cloud-fakes-gcp.ts';
import { install, powerOn, printed } from '../support/cloud-fakes-host.ts';
import { groupOf } from '../support/cloud-fakes-rented.ts';
import { freshHost, hostAddress, hostsDown, machineAddress, whyNoHosts } from '../support/hosts-lab.ts';

const timeout = 240_000;
const hosts = ['node1', 'node2'] as const;

describe('hosts with systemd', { skip: whyNoHosts() ?? false }, () => {
  before(async () => {
    await builtAgents();
    freshHost(...hosts);
  });
  after(hostsDown);

  test('two groups of a pool: both machines join, and without an orchestrator the one on demand is kept', {
    timeout,
  }, async (t) => {
    const cluster = await orchestrating(t, 'gcp');
    const { boot, orchestrator, token } = cluster;
    const gcp = new FakeGcp();
    afterTest(t, () => gcp.close());
    gcp.secrets.set(boot.tokenSecret, token);
    const script = userData({ ...boot, bootDeadlineSeconds: 120, aloneSeconds: 20 });
    // As the spec has it: one machine at least, which is on demand.
    deepStrictEqual(boot.min, { group: 0, onDemand: 1 });
    const spot = groupOf({ name: boot.group, min: 0, desired: 1 }, ['node1'], () => `${boot.group}-x7k2`);
    const onDemand = groupOf(
      { name: `${boot.group}-od`, min: 1, desired: 1 },
      ['node2'],
      () => `${boot.group}-od-9pqr`,
    );
    gcp.machines.set(hostAddress('node1'), { instance: 'lab-small-x7k2', script, group: spot });
    gcp.machines.set(hostAddress('node2'), { instance: 'lab-small-od-9pqr', script, group: onDemand });
    const port = await gcp.listen(machineAddress);
    await Promise.all(hosts.map((host) => install(host, 'gcp', port)));
    const startedAt = performance.now();
    void powerOn(...hosts);
    await joined(cluster, 2);
    t.diagnostic(`two workers ${((performance.now() - startedAt) / 1000).toFixed(1)} s after power-on`);
    deepStrictEqual((await workersOf(cluster)).map(({ name }) => name).sort(), ['small-od-9pqr', 'small-x7k2']);
    strictEqual((await ran(cluster, ['true'])).state, 'succeeded');

    const toldBy = (name: string) => [...new Set(gcp.lines.flatMap(({ from, text }) => (from === name ? [text] : [])))];
    const machines = ['lab-small-x7k2', 'lab-small-od-9pqr'] as const;
    const hello = ['small-x7k2', 'small-od-9pqr'].map((name) => ['installing nftables', `joined as ${name}`]);
    await until('their log says so', 10, () => gcp.lines.length === 4);
    deepStrictEqual(machines.map(toldBy), hello);

    await orchestrator().running.stop();
    await until('the spot machine has ended', 60, () => spot.paid.length === 0);
    await until('the other has looked', 60, async () =>
      gcp.calls.some(({ from, what }) => from.includes('-od-') && what === 'get'),
    );
    deepStrictEqual([spot.desired, spot.machines.length], [0, 1]);
    deepStrictEqual([onDemand.desired, onDemand.paid], [1, ['lab-small-od-9pqr']]);
    const [spoken = '', ...more] = toldBy('lab-small-x7k2').slice(2);
    match(
      spoken,
      /^it has had no job and no contact for \d+ s; this machine is given back\. Its agent said last: .*ECONNREFUSED/s,
    );
    deepStrictEqual(more, []);
    const access = { what: `access ${boot.tokenSecret}`, status: 200 };
    const asked = (name: string) => gcp.calls.flatMap(({ from, ...call }) => (from === name ? [call] : []));
    deepStrictEqual(asked('lab-small-x7k2'), [
      access,
      { what: 'get', status: 200 },
      { what: 'deleteInstances', status: 200 },
    ]);
    deepStrictEqual(asked('lab-small-od-9pqr'), [access, { what: 'get', status: 200 }]);
    match(await printed('node2', 'journalctl --unit=muster-watch'), /it was refused \(a group at its minimum/);
    for (const secret of [token, gcp.accessToken])
      strictEqual(
        await printed(
          'node2',
          `grep -rlaF -e '${secret}' /usr/local /etc/systemd /etc/muster/cloud.env /var/log /run/script || :`,
        ),
        '',
      );
  });
});
