// Does a worker whose agent keeps crashing show as failing, on a real host with systemd, and is it well again once mended?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { describe, test } from 'node:test';
import { Failing } from '../../services/protocol/index.ts';
import { rebootHost, whyNoHosts } from '../support/hosts-lab.ts';
import { useUnitHost } from '../support/unit-host.ts';

describe('an agent that keeps failing', { skip: whyNoHosts() ?? false, timeout: 180_000 }, () => {
  const host = useUnitHost();
  const told = () => host.orchestrator.of('failing').map(({ body }) => body.failing);
  const record = async () => JSON.parse(await host.said('cat /var/lib/private/muster/worker/failures.json'));
  const until = async (count: number) => {
    while (
      (await record()).count !== count ||
      (await host.said('systemctl is-active muster-worker || true')) !== 'active'
    );
  };

  test('killed three times it is told after the third end, by its unit, with what it said last', async () => {
    for (let ends = 1; ends <= 2; ends++) {
      await host.said('systemctl kill -s KILL --kill-who=main muster-worker');
      await until(ends);
    }
    deepStrictEqual(told(), []);
    // No start follows for a while: the unit itself must have said it.
    await host.said(`d=/run/systemd/system/muster-worker.service.d; mkdir -p $d; printf '[Service]\\nRestartSec=20s\\n' >$d/slow.conf
      systemctl daemon-reload; systemctl kill -s KILL --kill-who=main muster-worker`);
    const failing = await host.orchestrator.until(() => told()[0]);
    deepStrictEqual(Failing.parse(failing), failing);
    deepStrictEqual([failing.count, failing.reason], [3, 'it was killed, by hand or for lack of memory']);
    match(failing.lines.join('\n'), /"message":"registered"/);
    match(await host.said('systemctl show -p SubState --value muster-worker'), /^(stop-post|auto-restart)$/);
    await host.said('rm /run/systemd/system/muster-worker.service.d/slow.conf; systemctl daemon-reload');
  });

  test('a crash of the program itself says why, however often, and nothing gives up', async () => {
    const bundle = '/opt/muster/bin/agent.cjs';
    await host.said(`cp ${bundle} /root/agent.cjs; { echo 'if (process.argv.length < 3) setTimeout(() => { throw new Error("broken by a test"); }, 700);'; cat /root/agent.cjs; } >${bundle}
      systemctl restart --no-block muster-worker`);
    const failing = await host.orchestrator.until(() => told().find((each) => each?.count === 6));
    strictEqual(failing.reason, 'it ended with exit code 1');
    ok(
      failing.lines.some((line: string) => line.includes('Error: broken by a test')),
      failing.lines.join('\n'),
    );
    const seen = await host.said('systemctl show -p NRestarts -p Result muster-worker');
    ok(!seen.includes('start-limit-hit'), seen);
  });

  test('mended it says at once that it was failing, and is well after its minute', async () => {
    // A minute of the agent is 3 s here.
    await host.said(String.raw`set -e
      sed 's/\.wait(6e4,/.wait(3e3,/' /root/agent.cjs >/opt/muster/bin/agent.cjs
      if cmp -s /root/agent.cjs /opt/muster/bin/agent.cjs; then exit 1; fi; systemctl restart muster-worker`);
    while ((await record()).count !== 0);
    await host.orchestrator.until(() => told().at(-1) === null);
    ok(told().at(-2).count >= 6);
    strictEqual((await record()).run, 'running');
  });

  test('a stop, a start and a reboot are no failures', async () => {
    const before = told().length;
    await host.said('systemctl restart muster-worker; systemctl stop muster-worker; systemctl start muster-worker');
    strictEqual(await host.said('systemctl show -p Result --value muster-worker'), 'success');
    const streams = host.orchestrator.of('stream').length;
    rebootHost('node1');
    await host.orchestrator.until(() => host.orchestrator.of('stream').length > streams);
    deepStrictEqual([(await record()).count, (await record()).run, told().length], [0, 'running', before]);
  });
});
