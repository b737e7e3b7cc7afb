// Does nothing of a job outlive it or its agent, and does root's helper do no more for an agent than it must?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { describe, test } from 'node:test';
import { killHost, startHost, whyNoHosts } from '../support/hosts-lab.ts';
import { useUnitHost } from '../support/unit-host.ts';

describe('ends of units of jobs', { skip: whyNoHosts() ?? false, timeout: 180_000 }, () => {
  const host = useUnitHost();

  const family = (seconds: string) =>
    `sleep ${seconds} & setsid sleep ${seconds} & (setsid env -i sleep ${seconds} &) ; (trap "" TERM; exec setsid sleep ${seconds}) & `;
  const begun = async (seconds: string, count = 5) => {
    for (let found = ''; found !== String(count); ) found = await host.said(`pgrep -cf '^sleep ${seconds}$' || true`);
  };
  const none = async (seconds: string) => strictEqual(await host.said(`pgrep -cf '^sleep ${seconds}$' || true`), '0');

  test('no process of a job is left when it is cancelled, nor when its program ends before the others', async () => {
    const { orchestrator } = host;
    orchestrator.offer('family', { command: ['sh', '-c', `${family('71234.5')} exec sleep 71234.5`] });
    await begun('71234.5');
    orchestrator.send('cancel', { job: 'family', fence: orchestrator.fence });
    strictEqual((await orchestrator.until(() => orchestrator.ended('family'))).cause, 'cancelled');
    await none('71234.5');
    const report = await host.shell('orphans', `${family('71235.5')} sleep 0.3; echo bye`);
    deepStrictEqual([report.cause, report.log], ['succeeded', 'bye\n']);
    await none('71235.5');
  });

  test('kill -9 of the agent ends its jobs at once; the next one says so and has the folder back', async () => {
    const { orchestrator } = host;
    orchestrator.offer('orphan', { command: ['sh', '-c', `${family('71236.5')} exec sleep 71236.5`] });
    await begun('71236.5');
    await host.said('systemctl kill -s KILL --kill-who=main muster-worker; sleep 0.5');
    await none('71236.5');
    strictEqual((await orchestrator.until(() => orchestrator.ended('orphan'))).cause, 'agent_died');
    strictEqual(await host.said('ls -A /var/lib/muster-jobs/worker'), '');
  });

  test('an agent that hangs is killed by the watchdog, with its jobs', async () => {
    const { orchestrator } = host;
    orchestrator.offer('hung', { command: ['sh', '-c', `${family('71237.5')} exec sleep 71237.5`] });
    await begun('71237.5');
    const status = () => host.said('systemctl show -p StatusText --value muster-worker');
    while (!/^connected as .*, 1 job running$/.test(await status()));
    await host.said('systemctl kill -s STOP --kill-who=main muster-worker');
    strictEqual((await orchestrator.until(() => orchestrator.ended('hung'))).cause, 'agent_died');
    await none('71237.5');
    match(await host.said('journalctl -u muster-worker -o cat --no-pager'), /Watchdog timeout/);
  });

  test('an agent that is stopped lets its job end within the drain', async () => {
    const { orchestrator } = host;
    const running = host.shell('drained', 'echo begun >begun; sleep 3; echo done', { outputs: ['begun'] });
    await orchestrator.until(() => orchestrator.of('heartbeat').some(({ body }) => body.leases[0]?.job === 'drained'));
    await host.said('systemctl stop muster-worker');
    deepStrictEqual([(await running).cause, (await running).log], ['succeeded', 'done\n']);
    const late = host.orchestrator.of('stream').length;
    await host.said('systemctl start muster-worker');
    await orchestrator.until(() => orchestrator.of('stream').length > late);
  });

  test('after a power cut the folder of a job is the agent’s again', async () => {
    const { orchestrator } = host;
    orchestrator.offer('cut', { command: ['sh', '-c', 'echo half >half; sync; exec sleep 71239.5'] });
    await begun('71239.5', 1);
    const registers = orchestrator.of('register').length;
    killHost('node1');
    startHost('node1');
    await orchestrator.until(() => orchestrator.of('register').length > registers);
    strictEqual((await orchestrator.until(() => orchestrator.ended('cut'))).cause, 'agent_died');
    const left = '/var/lib/muster-jobs/worker /var/lib/private/muster/worker/jobs';
    await host.said(`until [ -z "$(find ${left} -mindepth 1)" ]; do sleep 0.1; done`);
  });

  test('the helper does for the agent’s user what its template holds, and nothing else', async () => {
    const attempt = 'evil.1.1';
    const jobs = '/var/lib/private/muster/worker/jobs';
    const start = { op: 'start', attempt, memoryMiB: 0, cpus: 0, seconds: 0, devices: [] };
    const before = await host.said('stat -c "%U %a" /etc /etc/shadow');
    // A folder that leads elsewhere, a folder of folders that does, and another's file by a hard link.
    await host.said(`owner=$(stat -c %u:%g ${jobs}); mkdir -p ${jobs}/${attempt} ${jobs}/evil.1.2/job
      ln -s /etc ${jobs}/${attempt}/job; ln -s /etc ${jobs}/evil.1.3
      printf 'sleep 71238.5\n' >${jobs}/evil.1.2/job/start; chmod 600 ${jobs}/evil.1.2/job/start
      chown -hR "$owner" ${jobs}/evil.1.*; : >/var/lib/roots; chmod 644 /var/lib/roots; ln /var/lib/roots ${jobs}/evil.1.2/job/roots`);
    const answers = await host.asAgent(
      start,
      { ...start, attempt: 'evil.1.3' },
      { ...start, attempt: '../../etc' },
      { ...start, devices: ['../sda'] },
      { ...start, command: ['id'] },
      { op: 'end', attempt: host.attempt('zero') },
      { ...start, attempt: 'evil.1.2', devices: ['nvidia0'] },
    );
    deepStrictEqual(
      answers.map((answer) => JSON.parse(answer).refused ?? JSON.parse(answer)),
      [
        'expected a folder named job, of the agent’s own, in the folder of the attempt',
        "ENOTDIR: not a directory, open '/proc/self/fd/18/evil.1.3'",
        'attempt: expected the name of an attempt, got "../../etc"',
        'devices: expected device files of GPUs, such as nvidia0 or dri/renderD128, got "../sda"',
        'request: expected only op, attempt, memoryMiB, cpus, seconds, devices, got "command"',
        { end: null },
        { end: null },
      ].map((each, at) => (at === 1 ? JSON.parse(answers[1] ?? '').refused : each)),
    );
    match(answers[1] ?? '', /ENOTDIR|ELOOP/);
    strictEqual(await host.said('stat -c "%U %a" /etc /etc/shadow'), before);
    strictEqual(await host.said('stat -c %U /var/lib/roots /var/lib/muster-jobs/worker/evil.1.2/roots'), 'root\nroot');
    deepStrictEqual(
      await host.asAgent({ op: 'end', attempt: 'evil.1.2' }).then(([answer]) => JSON.parse(answer ?? '').end.code),
      'killed',
    );
    await none('71238.5');
    await host.said(`rm -r ${jobs}/evil.*`);
    // Not by the group alone, and not even as root.
    match(
      await host.said(`python3 -c "
import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/muster/job-units.sock'); s.sendall(b'{}\\n'); print(s.makefile().read())"`),
      /belongs to no unit muster-<service>.service/,
    );
    match(
      await host.said(`setpriv --reuid 65534 --clear-groups python3 -c "
import socket; socket.socket(socket.AF_UNIX).connect('/run/muster/job-units.sock')" 2>&1 || true`),
      /Permission denied/,
    );
  });

  test('the agent’s own unit is not more exposed for it', async () => {
    const exposure = await host.said(`systemd-analyze security --no-pager muster-worker.service | tail -1
      rm -r /etc/systemd/system/muster-worker.service.d; systemctl daemon-reload
      systemd-analyze security --no-pager muster-worker.service | tail -1`);
    const [with_, without] = exposure.split('\n').map((line) => /: ([\d.]+) /.exec(line)?.[1]);
    strictEqual(with_, without);
  });
});
