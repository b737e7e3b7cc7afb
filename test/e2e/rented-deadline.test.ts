// Does a rented machine that cannot become a worker give itself back at its deadline? On the fake of AWS.
import { deepStrictEqual } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { until } from '../support/cloud-fakes-cluster.ts';
import { builtAgents } from '../support/cloud-fakes-downloads.ts';
import { install, powerOn } from '../support/cloud-fakes-host.ts';
import { asked, handOut, renting, terminate, toldBy } from '../support/cloud-fakes-rented.ts';
import { freshHost, hostsDown, whyNoHosts } from '../support/hosts-lab.ts';

const timeout = 240_000;

describe('hosts with systemd and cloud-init', { skip: whyNoHosts() ?? false }, () => {
  before(builtAgents);
  after(hostsDown);

  test('a machine that never joins gives itself back at its deadline: without its secret, without an orchestrator', {
    timeout,
  }, async (t) => {
    freshHost('node1', 'node2');
    const rented = await renting(t, ['node1', 'node2'], 0);
    const { aws, boot, group, port } = rented;
    const times = { bootDeadlineSeconds: 25, aloneSeconds: 600 };
    const unknown = handOut(rented, 'node1', { ...boot, ...times, tokenSecret: 'lab/other/token' });
    const silent = handOut(rented, 'node2', {
      ...boot,
      ...times,
      url: 'https://orchestrator.lab.muster.internal/muster',
    });
    await Promise.all([install('node1', 'aws', port), install('node2', 'aws', port)]);
    const startedAt = performance.now();
    const started = powerOn('node1', 'node2');
    await until('the group is empty', 90, () => group.paid.length === 0);
    t.diagnostic(`given back ${((performance.now() - startedAt) / 1000).toFixed(1)} s after power-on, limit 25 s`);
    deepStrictEqual([group.desired, group.machines.length], [0, 2]);
    const end = [`200 ${terminate}`, '200 CompleteLifecycleAction muster-terminate'];
    deepStrictEqual(
      asked(rented, unknown).filter((call) => !call.startsWith('400 GetSecretValue')),
      end,
    );
    deepStrictEqual(
      asked(rented, silent).filter((call) => !call.startsWith('200 GetSecretValue')),
      end,
    );
    // The machines are gone: what stays is their log, with all that they said. The last two go at once.
    const told = (machine: string) => toldBy(rented, machine).toSorted();
    const left = [
      'installing nftables',
      'it has not joined within 25 s; this machine is given back. Its agent said last: nothing',
      'this machine is taken away: its jobs go back',
      'the agent was not there',
    ];
    const reason = 'the token of the class could not be fetched: lab/other/token';
    deepStrictEqual(told(unknown), [...left, reason].toSorted());
    const unreached = 'the installer could not be fetched from https://orchestrator.lab.muster.internal/muster';
    deepStrictEqual(told(silent), [...left, unreached].toSorted());
    deepStrictEqual([...new Set(aws.logs.lines.map(({ log }) => log))], ['/muster/lab/small']);
    await started;
  });
});
