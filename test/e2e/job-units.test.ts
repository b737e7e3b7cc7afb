// Does a job in a unit of its own stay within its limits and its folder?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { describe, test } from 'node:test';
import { whyNoHosts } from '../support/hosts-lab.ts';
import { useUnitHost } from '../support/unit-host.ts';

describe('units of jobs', { skip: whyNoHosts() ?? false, timeout: 120_000 }, () => {
  const host = useUnitHost();

  test('the agent reports units, without a limit to its word', async () => {
    deepStrictEqual(
      host.orchestrator.of('register').map(({ body }) => body.isolation),
      ['unit'],
    );
    const health = JSON.parse(await host.said('curl -fsS http://127.0.0.1:50052/health'));
    deepStrictEqual([health.isolation, health.limits], ['unit', []]);
  });

  test('each way to end is reported as from any other worker', async () => {
    const ends = await Promise.all([
      host.run('zero', { command: ['true'] }),
      host.shell('seven', 'echo one; echo two >&2; echo three >/dev/stdout; exit 7'),
      host.shell('signal', 'kill -USR1 $$'),
      host.run('absent', { command: ['no-such-program'] }),
      host.run('slow', { command: ['sleep', '60'], timeoutSeconds: 0.5 }),
    ]);
    deepStrictEqual(
      ends.map(({ cause, exitCode, detail, log }) => [cause, exitCode, detail?.split(' (')[0] ?? null, log]),
      [
        ['succeeded', 0, null, ''],
        ['exit', 7, null, 'one\ntwo\nthree\n'],
        ['exit', 138, 'killed by SIGUSR1', ''],
        ['cannot_start', null, 'cannot start "no-such-program": not found on PATH', ''],
        ['timeout', null, 'it ran longer than 0.5 s', ''],
      ],
    );
  });

  test('a limit of memory holds, for the program itself and for a child, and a small one is enough for a small job', async () => {
    const hungry = ['python3', '-c', 'x = bytearray(200 << 20)'];
    const [over, child, below, small] = await Promise.all([
      host.run('over', { command: hungry, memoryMiB: 64 }),
      host.shell('child', 'python3 -c "x = bytearray(200 << 20)"; exit $?', { memoryMiB: 64 }),
      host.run('below', { command: hungry, memoryMiB: 300 }),
      host.shell('small', 'echo small', { memoryMiB: 8 }),
    ]);
    deepStrictEqual(
      [over, child, below, small].map(({ cause, exitCode, detail }) => [cause, exitCode, detail]),
      [
        ['out_of_memory', 137, 'killed by the kernel: out of memory'],
        ['out_of_memory', 137, 'killed by the kernel: out of memory'],
        ['succeeded', 0, null],
        ['succeeded', 0, null],
      ],
    );
  });

  test('inputs come in, outputs and progress go out, and nothing stays on the host', async () => {
    const { orchestrator } = host;
    const inputs = [
      orchestrator.addInput(Buffer.from('#!/bin/sh\ntr a-z A-Z <below/text\n'), 'run.sh'),
      orchestrator.addInput(Buffer.from('text\n'), 'below/text'),
    ];
    const line =
      'mkdir -p new/deep; ./run.sh >new/deep/out; mkfifo pipe; ln -s run.sh link; chmod 400 new/deep/out; chmod 500 new/deep; ' +
      'echo \'{"step":2}\' >"$MUSTER_PROGRESS_FILE"; printf "%s " "$UID_" "$UID" "$MINE" "$HOME"; sleep 1.5';
    const environment = { UID: 'theirs', MINE: "it's $HOME\n", UID_: 'x' };
    const report = await host.shell('files', line, { inputs, outputs: ['new', 'link'], environment });
    const home = `/var/lib/muster/worker/jobs/${host.attempt('files')}/job/work`;
    deepStrictEqual(
      [report.detail, report.cause, report.log, report.progress],
      [null, 'succeeded', `x theirs it's $HOME\n ${home} `, { step: 2 }],
    );
    deepStrictEqual(
      report.outputs.map(({ path }) => path),
      ['link', 'new/deep/out'],
    );
    ok(
      orchestrator.of('heartbeat').some(({ body }) => body.leases[0]?.progress?.step === 2),
      'the agent saw it while the job ran',
    );
    deepStrictEqual(
      await host.said(`ls /run/muster/ended /var/lib/muster-jobs/worker /var/lib/private/muster/worker/jobs
        systemctl list-units --all --no-legend 'muster-job-*' | grep -v socket || true`),
      '/run/muster/ended:\n\n/var/lib/muster-jobs/worker:\n\n/var/lib/private/muster/worker/jobs:',
    );
  });

  test('a job is a user of its own, writes to its folder alone, and reads nothing of the agent or of another job', async () => {
    const { orchestrator } = host;
    orchestrator.offer('other', { command: ['sh', '-c', 'echo secret >mine; sleep 71233.5'] });
    await orchestrator.until(() => orchestrator.of('heartbeat').some(({ body }) => body.leases[0]?.job === 'other'));
    const other = `/var/lib/muster-jobs/worker/${host.attempt('other')}`;
    const places = ['/etc/x', '/usr/x', '/var/lib/x', '/var/lib/private/x', '/run/x', '/run/muster/x', '/opt/muster/x'];
    const tries = [
      ...[...places, `${other}/x`, '../../attempt.json', '../../x', '/dev/x', '/home/x', '/sys/fs/cgroup/x'].map(
        (place) => `: >${place}`,
      ),
      ...['/etc/muster/secrets/token', '/run/credentials/muster-worker.service/token', '../../attempt.json'].map(
        (file) => `cat ${file}`,
      ),
      ...[
        `cat ${other}/work/mine`,
        'cat /var/lib/private/muster/worker/*.json /var/lib/muster/worker/health',
        'ls /run/muster',
        'kill -0 $AGENT',
      ],
      `python3 -c "import socket; socket.socket(socket.AF_UNIX).connect('/run/muster/job-units.sock')"`,
    ];
    const pid = await host.said('systemctl show -p MainPID --value muster-worker');
    const line = `for try; do (eval "$try") 2>/dev/null && echo "could: $try"; done; : >fine && : >../fine && id -u`;
    const { log } = await host.run('nosy', {
      command: ['sh', '-c', line, 'sh', ...tries],
      environment: { AGENT: pid },
    });
    match(log, /^6[1-5]\d{3}\n$/);
    strictEqual(
      await host.said(`grep -c ^ ${other}/work/mine; stat -c '%U %a' ${other}/work/mine | grep -c root || true`),
      '1\n0',
    );
    const agent = await host.said('stat -c %u /var/lib/private/muster/worker');
    ok(agent !== log.trim(), 'not the agent’s user');
    orchestrator.send('cancel', { job: 'other', fence: orchestrator.fence });
    strictEqual((await orchestrator.until(() => orchestrator.ended('other'))).cause, 'cancelled');
  });

  test('a job opens the device files of its lease and no others', async () => {
    const jobs = '/var/lib/private/muster/worker/jobs';
    const probe = (device: string) => `(: </dev/dri/${device}) 2>>said`;
    // Nodes without a card: the kernel says that nothing is behind the one that may be opened.
    await host.said(`mkdir -p /dev/dri && for n in 128 129; do mknod -m 666 /dev/dri/renderD$n c 226 $n; done
      mkdir -p ${jobs}/gpu.1.1/job; cat >${jobs}/gpu.1.1/job/start <<'END'
cd ${jobs}/gpu.1.1/job; ${probe('renderD128')}; ${probe('renderD129')}; exec sleep 71240.5
END
      chmod 600 ${jobs}/gpu.1.1/job/start; chown -R $(stat -c %u:%g ${jobs}) ${jobs}/gpu.1.1`);
    const limits = { memoryMiB: 0, cpus: 0, seconds: 0 };
    await host.asAgent({ op: 'start', attempt: 'gpu.1.1', ...limits, devices: ['dri/renderD128'] });
    const said = await host.said(`until [ "$(wc -l <${jobs}/gpu.1.1/job/said)" = 2 ]; do sleep 0.1; done
      sed 's/.*: //' ${jobs}/gpu.1.1/job/said`);
    await host.asAgent({ op: 'end', attempt: 'gpu.1.1' });
    await host.said(`rm -r ${jobs}/gpu.1.1 /dev/dri`);
    match(said, /^No such device.*\n.*not permitted$/);
  });
});
