// Does a machine that AWS hands out become a worker by its user data alone, and does nobody on it see a secret?
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import type { JobView } from '../../services/protocol/index.ts';
import { userData } from '../../stacks/configs/user-data/rented.ts';
import { joined, ran, until, workersOf } from '../support/cloud-fakes-cluster.ts';
import { builtAgents } from '../support/cloud-fakes-downloads.ts';
import { install, powerOn, printed } from '../support/cloud-fakes-host.ts';
import { handOut, renting, toldBy } from '../support/cloud-fakes-rented.ts';
import { freshHost, hostsDown, whyNoHosts } from '../support/hosts-lab.ts';

const mostSeconds = 60;
const timeout = 180_000;

/** Another user, who sees what every user sees: the arguments of all programs, from the first moment on. */
const eyes = `
cat >/etc/systemd/system/lab-eyes.service <<'END'
[Unit]
DefaultDependencies=no
[Service]
User=nobody
ExecStart=/bin/sh -c 'while :; do cat /proc/[0-9]*/cmdline 2>/dev/null; sleep 0.02; done'
StandardOutput=append:/var/lab-seen
[Install]
WantedBy=sysinit.target
END
systemctl -q enable lab-eyes
`;

/** Files on the disk, or in what is said, that hold a text. */
const places = '/var/lib/cloud /run/cloud-init /var/log /etc/systemd /usr/local /etc/muster/cloud.env /var/lab-seen';
const holding = (text: string, where = places): string =>
  `journalctl --no-pager >/run/lab-journal; grep -rlaF -e '${text}' ${where} /run/lab-journal || :`;

const driver = `cat >/usr/local/bin/nvidia-smi <<'END'
#!/bin/sh
case $* in
  *'--query-gpu=index '*) echo 0 ;;
  *) echo '0, GPU-2fb5, Quadro P1, 4096, 550.1, 0, 100, 40' ;;
esac
END
chmod 755 /usr/local/bin/nvidia-smi`;

describe('a host with systemd and cloud-init', { skip: whyNoHosts() ?? false }, () => {
  before(async () => {
    await builtAgents();
    freshHost('node1', 'node2');
  });
  after(hostsDown);

  test('joins under the name of its instance and runs a job; one whose driver comes late joins then', {
    timeout,
  }, async (t) => {
    const rented = await renting(t, ['node1', 'node2'], 0);
    const { aws, group, port, token } = rented;
    const boot = { ...rented.boot, drainSeconds: 5 };
    const first = handOut(rented, 'node1', boot);
    const second = handOut(rented, 'node2', { ...boot, gpus: 1 });
    await Promise.all([install('node1', 'aws', port, eyes), install('node2', 'aws', port)]);
    const startedAt = performance.now();
    const started = powerOn('node1', 'node2');
    await joined(rented, 1);
    const seconds = (performance.now() - startedAt) / 1000;
    t.diagnostic(`a worker ${seconds.toFixed(1)} s after power-on, by ${userData(boot).length} bytes of user data`);
    ok(seconds < mostSeconds, `${seconds} s`);
    const [worker] = await workersOf(rented);
    deepStrictEqual([worker?.name, worker?.labels], [`small-${first}`, { size: 'small' }]);
    const job = await ran(rented, ['hostname']);
    deepStrictEqual([job.state, job.worker], ['succeeded', `small-${first}`]);
    await until('its group knows', 10, () => group.machine(first)?.state === 'in service');
    await until('its log says so', 10, () => toldBy(rented, first).includes(`joined as small-${first}`));
    strictEqual(await printed('node1', 'timeout 60 cloud-init status --wait | tr -d .'), '\nstatus: done'.trim());

    await until('the other waits for its driver', 30, async () =>
      (await printed('node2', 'journalctl --unit=muster-boot')).includes('expected 1 GPUs with a driver'),
    );
    strictEqual(group.machine(second)?.state, 'launching');
    await printed('node2', driver);
    await joined(rented, 2);
    await started;
    const gpus = (await workersOf(rented)).map((each) => [each.name, each.gpus.length]);
    deepStrictEqual(gpus.sort(), [
      [`small-${first}`, 0],
      [`small-${second}`, 1],
    ]);

    // The fake asks for what AWS asks for: everything was signed, by keys that came behind a token.
    deepStrictEqual(
      aws.calls.filter(({ from, status, what }) => from === first && (status !== 200 || what !== 'user-data')),
      [
        { from: first, what: 'GetSecretValue lab/small/token', status: 200 },
        { from: first, what: 'CompleteLifecycleAction muster-launch', status: 200 },
      ],
    );
    await printed('node1', 'systemctl stop lab-eyes');
    for (const secret of [token, aws.keys.secret, aws.keys.session]) {
      ok(!userData(boot).includes(secret) && !userData(boot).includes(Buffer.from(secret).toString('base64')));
      strictEqual(await printed('node1', holding(secret)), '');
      ok(!JSON.stringify(aws.logs.lines).includes(secret));
    }
    strictEqual(await printed('node1', holding('/install.sh', '/var/lab-seen')), '/var/lab-seen');
    const ask =
      'curl -sS -m 5 -o /dev/null -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 9" http://169.254.169.254/latest/api/token';
    const stolen = await ran(rented, ['sh', '-c', ask]);
    deepStrictEqual([stolen.state, stolen.exitCode], ['failed', 7]);
    await printed('node1', ask);

    // AWS takes one away: its job goes back before the group hears that it may end.
    const { json } = await rented.orchestrator().admin.post('/api/v1/jobs', { command: ['sleep', '300'] });
    const jobNow = async (): Promise<JobView> =>
      (await rented.orchestrator().admin.get(`/api/v1/jobs/${json.id}`)).json;
    await until('the job runs', 20, async () => (await jobNow()).state === 'running');
    const from = ((await jobNow()).worker ?? '').replace(/^small-/, '');
    const taken = group.machine(from);
    ok(taken);
    taken.state = 'ending';
    const hasLeft = () => aws.calls.some((call) => call.from === from && call.what.endsWith('muster-terminate'));
    await until('it says that it has left', 60, hasLeft);
    strictEqual(toldBy(rented, from).at(-1), 'this machine is taken away: its jobs go back');
    notStrictEqual((await jobNow()).worker, `small-${from}`);
    await until('another runs it', 30, async () => (await jobNow()).state === 'running');
    strictEqual((await jobNow()).worker, `small-${from === first ? second : first}`);
  });
});
