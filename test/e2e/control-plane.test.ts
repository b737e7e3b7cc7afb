// Does a machine of a cloud become the control plane by its user data alone, and does the next one take over its state?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CloudInputs } from '../../infra/inputs.ts';
import { readInputs } from '../../infra/program.ts';
import type { InviteCreated, JobView, WorkerList } from '../../services/protocol/index.ts';
import { buildExecutables, executablesFolder, platforms } from '../../stacks/cli/executables.ts';
import { eventually } from '../support/clone.ts';
import { ControlCloud } from '../support/control-cloud.ts';
import * as machine from '../support/control-machine.ts';
import { hostAddress, hostsDown, whyNoHosts } from '../support/hosts-lab.ts';
import { askJson } from '../support/https-json.ts';
import { root } from '../support/sources.ts';

const why = whyNoHosts() ?? machine.whyNoDisk();
const options = { ...(why !== null && { skip: why }), timeout: 300_000 };
const by = (instance: string) => ({ by: 'control-plane', instance });
const spec = {
  name: 'sky',
  orchestrator: { cpus: 0.5, heartbeat: '2s', leaseTtl: '20s' },
  services: { prometheus: { memory: '256MiB' } },
  pools: {
    lent: { provider: 'gcp', region: 'europe-west1', max: 2, worker: { cpus: 1, memory: '512MiB' } },
    rented: { provider: 'aws', region: 'eu-west-1', max: 2, worker: { cpus: 1, memory: '512MiB' } },
  },
  clouds: {
    aws: { orchestrator: by('t3.medium') },
    gcp: { project: 'some-project', orchestrator: by('e2-medium') },
  },
};
const name = 'orchestrator.sky.muster.internal';
const bucket = 'sky-control';
const secret = { aws: 'sky/control-plane', gcp: 'projects/some-project/secrets/sky-control-plane' } as const;

let folder: string;
let aws: CloudInputs;
let cloud: ControlCloud;
let disk: machine.LentDisk;
let port: number;
let job: JobView;

const inputsOf = (which: 'aws' | 'gcp'): Promise<CloudInputs> => readInputs(which, join(folder, 'cluster.yaml'));
const secretText = (path: string): string => readFileSync(join(folder, 'home/secrets', path), 'utf8');

/** As a machine of the cloud calls it: by its name, with the pinned authority. */
const where = (path: string, headers: Readonly<Record<string, string>> = {}) => ({
  ...{ host: hostAddress(machine.host), port: 443, servername: name, path, ca: secretText('authority/ca.crt') },
  headers: { host: name, ...headers },
});

function api<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${secretText('admin').trim()}`, 'content-type': 'application/json' };
  return askJson({ ...where(`/muster/api/v1/${path}`, headers), method }, body);
}

function status(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  more: RequestOptions = {},
): Promise<number | undefined> {
  const options = { ...where(path, headers), agent: false, ...more };
  return new Promise((resolve, reject) => {
    const call = request(options, (answer) => resolve(answer.resume().statusCode));
    call.once('error', reject).end();
  });
}

function isOpen(number: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostAddress(machine.host), port: number, timeout: 500 });
    const end = (found: boolean) => resolve(socket.destroy() && found);
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}

before(async () => {
  if (why !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'muster-control-'));
  writeFileSync(join(folder, 'cluster.yaml'), JSON.stringify(spec));
  const quiet = { stdout: process.stderr, stderr: process.stderr, env: process.env, root, cwd: root };
  await buildExecutables(quiet, platforms, () => undefined);
  Object.assign(process.env, { MUSTER_EXECUTABLES: 'built', MUSTER_HOME: join(folder, 'home') });
  aws = await inputsOf('aws');
  cloud = new ControlCloud({ bucket, files: [], secrets: {} });
  port = await cloud.listen();
  disk = new machine.LentDisk(join(folder, 'state.img'));
  await machine.freshMachine(port);
});
after(() => {
  if (why !== null) return;
  hostsDown();
  disk?.takeBack();
  cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the same spec gives the same files, secrets and user data, in which no secret is', options, async (t) => {
  const again = await inputsOf('aws');
  deepStrictEqual([again.controlFiles, again.controlSecrets], [aws.controlFiles, aws.controlSecrets]);
  const userData = aws.controlData({ bucket, secret: secret.aws });
  strictEqual(again.controlData({ bucket, secret: secret.aws }), userData);
  const bytes = Buffer.byteLength(userData);
  ok(bytes < 16_384, `${bytes} bytes`);
  t.diagnostic(`user data: ${bytes} bytes; the secret: ${JSON.stringify(aws.controlSecrets).length} bytes`);
  // Lines of a key are single words.
  const words = Object.values(aws.controlSecrets).flatMap((text) =>
    text.split(/\s/).filter((word) => word.length > 30),
  );
  deepStrictEqual(
    words.filter((word) => userData.includes(word)),
    [],
  );
  deepStrictEqual(Object.keys(aws.controlSecrets), [
    ...['admin', 'authority/ca.crt', 'classes/lent/token', 'classes/rented/token', 'metrics/token'],
    ...['orchestrator/tls.crt', 'orchestrator/tls.key', 'proxy/htpasswd', 'proxy/tls.crt', 'proxy/tls.key'],
  ]);
});

test('it says what it lacks, tries again, and touches no disk that holds something', options, async (t) => {
  const [archive, ...others] = aws.controlFiles;
  ok(archive !== undefined);
  const { admin: _, ...incomplete } = aws.controlSecrets;
  await disk.plugIn();
  await machine.printed(`mkswap ${disk.device}`);
  await machine.boot(aws.controlData({ bucket, secret: secret.aws }), 'i-first');
  const waits = new RegExp(`waiting for one disk .*blank: none; with something else: ${disk.device}\\)$`, 'm');
  await machine.said('muster-state', waits);
  await machine.printed(`head -c 1M /dev/zero >${disk.device}`);
  await machine.said('muster-control', /could not be fetched from the bucket sky-control$/m);
  const wrong = { ...archive, path: join(root, 'package.json') };
  cloud.held = { bucket, files: [wrong, ...others], secrets: {} };
  await machine.said('muster-control', /\.tar is not what this machine was made for: its SHA-256 is another one$/m);
  cloud.held = { bucket, files: aws.controlFiles, secrets: {} };
  await machine.said('muster-control', /^muster: the secret sky\/control-plane could not be fetched$/m);
  cloud.held = { ...cloud.held, secrets: { [secret.aws]: incomplete } };
  await machine.said('muster-control', /the secret is not the one that this machine was made for/);
  const startedAt = performance.now();
  cloud.held = { ...cloud.held, secrets: { [secret.aws]: aws.controlSecrets } };
  await machine.isControlPlane();
  t.diagnostic(`Ansible was through ${((performance.now() - startedAt) / 1000).toFixed(1)} s after the secret came`);
});

test('the API and the pages answer under the name that machines call, and nothing else does', options, async () => {
  const signIn = { authorization: `Basic ${btoa(`admin:${secretText('proxy/password').trim()}`)}` };
  deepStrictEqual(await api('GET', 'workers'), { workers: [] });
  const pages = ['/', '/muster/', '/muster/prometheus/api/v1/query?query=up'];
  deepStrictEqual(await Promise.all(pages.map((path) => status(path))), [302, 401, 401]);
  deepStrictEqual(await Promise.all(pages.map((path) => status(path, signIn))), [302, 200, 200]);
  // Through a tunnel it is localhost; a load balancer that has ended TLS asks for no name when it begins anew.
  strictEqual(await status('/muster/install.sh', { host: 'localhost' }, { servername: 'localhost' }), 200);
  const unnamed = { servername: '', checkServerIdentity: () => undefined };
  strictEqual(await status('/muster/install.sh', {}, unnamed), 200);
  strictEqual(await status('/muster/install.sh', { host: 'elsewhere.example.org' }, unnamed), 421);
  const ports = [22, 80, 443, 8080, 9090];
  const open = await Promise.all(ports.map(async (number) => ((await isOpen(number)) ? [number] : [])));
  deepStrictEqual(open.flat(), [80, 443]);
  const { url } = await api<InviteCreated>('POST', 'invites', { class: 'rented' });
  strictEqual(url, `https://${name}/muster`);
});

test('no secret stays beside those of the services, and only root reaches the metadata', options, async () => {
  strictEqual(
    await machine.printed('ls -A /var/lib/muster-control /run/muster-control 2>&1 | sort'),
    ['/var/lib/muster-control:', 'done', "ls: cannot access '/run/muster-control': No such file or directory"].join(
      '\n',
    ),
  );
  const token = secretText('classes/rented/token').trim();
  const found = `grep -rlsF '${token}' /etc /home /opt /root /run /srv /tmp /usr/local /var --exclude-dir=journal`;
  const files = (await machine.printed(`${found} || true`)).split('\n');
  deepStrictEqual(
    files.filter((file) => !file.startsWith('/run/credentials/')),
    ['/etc/muster/secrets/classes/rented/token'],
  );
  deepStrictEqual(await machine.printed(`journalctl --no-pager | grep -cF '${token}' || true`), '0');
  const ask =
    'curl -s -m 5 -o /dev/null -w "%{http_code}" -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 9" http://169.254.169.254/latest/api/token';
  strictEqual(await machine.printed(`${ask}; runuser -u nobody -- ${ask} || true`), '200000');
});

test('a machine of a pool joins with the token of its class, and runs a job', options, async () => {
  const program = readFileSync(join(executablesFolder(root), 'muster-agent-linux-x64'));
  const sum = createHash('sha256').update(program).digest('hex');
  await machine.printed(
    `set -eu
echo '${hostAddress(machine.host)} ${name}' >>/etc/hosts
mkdir -p /opt/agent && cd /opt/agent
echo '${Buffer.from(secretText('authority/ca.crt')).toString('base64')}' | base64 -d >ca.crt
(umask 077 && echo '${secretText('classes/rented/token').trim()}' >token)
curl -fsS --cacert ca.crt -H "authorization: Bearer $(cat token)" -o agent https://${name}/muster/downloads/muster-agent-linux-x64
echo '${sum}  agent' | sha256sum --check --quiet && chmod 755 agent
systemd-run -q --unit=agent -E MUSTER_ORCHESTRATOR_URL=https://${name}/muster -E MUSTER_CA_FILE=$PWD/ca.crt \\
  -E MUSTER_TOKEN_FILE=$PWD/token -E MUSTER_STATE=$PWD/state -E MUSTER_WORKER_NAME=rented $PWD/agent`,
    machine.beside,
  );
  await eventually('the worker is idle', async () => {
    const { workers } = await api<WorkerList>('GET', 'workers');
    return workers.length === 1 && workers[0]?.state === 'idle';
  });
  const { id } = await api<JobView>('POST', 'jobs', { command: ['hostname'], cpus: 0.2, memoryMiB: 64 });
  job = await eventually('the job ends', async () => {
    const view = await api<JobView>('GET', `jobs/${id}`);
    return view.finishedAt !== null && view;
  });
  deepStrictEqual([job.state, job.worker], ['succeeded', 'rented']);
});

test('after a restart the services wait for their disk, and nothing is set up anew', options, async () => {
  await machine.reboot();
  await machine.said('muster-state', /blank: none; with something else: none\)$/m);
  strictEqual(await machine.printed('systemctl is-active muster-orchestrator || true'), 'inactive');
  await disk.plugIn();
  deepStrictEqual(await eventually('it answers', () => api<JobView>('GET', `jobs/${job.id}`)), job);
  const fetched = await machine.printed('journalctl -b -o cat -u muster-control --no-pager | grep -c fetching || true');
  strictEqual(fetched, '0');
  strictEqual(await machine.printed('nft list tables'), 'table inet muster_metadata\ntable inet muster');
});

test('another machine, told as Google Cloud tells them, takes the disk over and knows the job', options, async (t) => {
  const google = await inputsOf('gcp');
  cloud.held = { bucket, files: google.controlFiles, secrets: { [secret.gcp]: google.controlSecrets } };
  await machine.freshMachine(port);
  await disk.plugIn();
  const userData = google.controlData({ bucket, secret: secret.gcp });
  match(userData, /^#!\/bin\/sh\n/);
  const startedAt = performance.now();
  await machine.boot(userData, 'second');
  await machine.isControlPlane();
  deepStrictEqual(await api<JobView>('GET', `jobs/${job.id}`), job);
  t.diagnostic(`it answers ${((performance.now() - startedAt) / 1000).toFixed(1)} s after its user data came`);
});
