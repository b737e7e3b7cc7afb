// Is the user data of the control plane what both clouds take, and do its scripts refuse what they must?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { controlFiles } from '../../../../stacks/configs/user-data/control.ts';
import { type ControlBoot, controlData } from '../../../../stacks/index.ts';

const sum = 'a'.repeat(64);
const programs = ['muster-orchestrator-linux-arm64', 'muster-agent-linux-x64', 'muster-agent-linux-arm64'];
const services = ['backup', 'orchestrator', 'orchestrator-tls', 'prometheus'];
const boot = (cloud: ControlBoot['cloud'], more: Partial<ControlBoot> = {}): ControlBoot => ({
  ...{ cloud, region: 'eu-west-1', bucket: 'sky-control', secret: 'sky/control-plane', secretSha256: sum },
  files: [
    { name: 'control-0123456789abcdef.tar', path: 'control.tar', sha256: sum },
    ...programs.map((name) => ({
      ...{ name: `${name}-0123456789abcdef`, path: `build/executables/${name}`, sha256: sum },
    })),
  ],
  services: services.map((name) => `muster-${name}.service`),
  ...more,
});
const textOf = (path: string, cloud: ControlBoot['cloud'] = 'aws'): string =>
  controlFiles(boot(cloud)).find((file) => file.path.endsWith(path))?.text ?? '';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-control-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('AWS gets its files as cloud-config, with room to spare where names are long', () => {
  const userData = controlData(boot('aws'));
  match(userData, /^#cloud-config\n# The control plane/);
  const { runcmd, write_files: written } = parse(userData);
  deepStrictEqual(
    written.map(({ content, path, permissions }: Record<string, string>) => ({
      ...{ mode: permissions, path, text: content },
    })),
    controlFiles(boot('aws')).map(({ mode, path, text }) => ({ mode, path, text })),
  );
  deepStrictEqual(runcmd.flat().slice(-2), ['muster-state.service', 'muster-control.service']);
  const more = ['alertmanager', 'dask-scheduler', 'ollama', 'open-webui', 'dask-worker'].map(
    (name) => `muster-${name}.service`,
  );
  const long = { bucket: 'b'.repeat(63), secret: 's'.repeat(120), services: [...boot('aws').services, ...more] };
  const bytes = Buffer.byteLength(controlData(boot('aws', long)));
  ok(bytes < 15_000, `${bytes} bytes`);
});

test('Google Cloud gets the same as a script', () => {
  const userData = controlData(boot('gcp'));
  match(userData, /^#!\/bin\/sh\n/);
  const written = [...userData.matchAll(/^printf %s (\S+) \| base64 -d > (\S+)\.new$/gm)];
  deepStrictEqual(
    written.map(([, text = '', path]) => ({ path, text: Buffer.from(text, 'base64').toString() })),
    controlFiles(boot('gcp')).map(({ path, text }) => ({ path, text })),
  );
  match(userData, /\nsystemctl enable --now --no-block muster-state\.service muster-control\.service\n$/);
});

test('the machine is told what it fetches, and whose state waits for the disk', () => {
  strictEqual(
    textOf('control.files').split('\n')[1]?.split(' ')[2],
    'build/executables/muster-orchestrator-linux-arm64',
  );
  match(textOf('cloud.env'), /^MUSTER_BUCKET=sky-control\nMUSTER_REGION=eu-west-1\nMUSTER_SECRET=sky\/control-plane\n/);
  const all =
    'muster-backup.service muster-orchestrator.service muster-orchestrator-tls.service muster-prometheus.service';
  match(textOf('muster-state.service'), new RegExp(`^Before=${all}$`, 'm'));
  match(textOf('muster-state.service'), new RegExp(`^RequiredBy=${all}$`, 'm'));
});

test('credentials go to curl by standard input alone', () => {
  for (const cloud of ['aws', 'gcp'] as const) {
    const calls =
      textOf('/cloud', cloud)
        .replaceAll('\\\n', '')
        .match(/^ *curl .*/gm) ?? [];
    ok(calls.length > 0);
    const telling = calls.filter((call) => /keys|access_token|SecretAccessKey|Bearer/.test(call));
    deepStrictEqual(telling, []);
  }
});

const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

test('shellcheck has nothing to say about any script', {
  skip: !isThere('shellcheck') && 'shellcheck is absent',
}, () => {
  for (const cloud of ['aws', 'gcp'] as const) {
    const shared = textOf('/cloud', cloud).replace('. /etc/muster/cloud.env', () => textOf('cloud.env', cloud));
    const scripts = [
      textOf('/control', cloud).replace('. /usr/local/lib/muster/cloud', () => shared),
      textOf('/state', cloud),
      controlData(boot(cloud, { cloud: 'gcp' })),
    ];
    for (const input of scripts) {
      // Functions that scripts of workers call.
      const words = ['--shell=sh', '--severity=style', '--exclude=SC2317,SC2329', '-'];
      const { status, stdout } = spawnSync('shellcheck', words, { input, encoding: 'utf8' });
      strictEqual(stdout, '');
      strictEqual(status, 0);
    }
  }
});

test('a disk is blank when it can be read and its beginning holds nothing at all', (t) => {
  const disk = join(folderOf(t), 'disk');
  const [is] = textOf('/state').match(/^is_blank\(\) .*$/m) ?? [];
  const isBlank = (): boolean => spawnSync('sh', ['-c', `${is}\nis_blank "$1"`, 'sh', disk]).status === 0;
  strictEqual(isBlank(), false);
  const bytes = Buffer.alloc(2 ** 21);
  writeFileSync(disk, bytes);
  strictEqual(isBlank(), true);
  bytes[2 ** 20 - 1] = 1;
  writeFileSync(disk, bytes);
  strictEqual(isBlank(), false);
});

const texts = { admin: 'mk_one\n', 'classes/rented/token': 'mt_two\n' };
const digest = createHash('sha256').update('admin\nmk_one\n\nclasses/rented/token\nmt_two\n\n').digest('hex');
const asAws = { Name: 'sky/control-plane', SecretString: JSON.stringify(texts) };
const asGoogle = { name: 'x', payload: { data: Buffer.from(JSON.stringify(texts)).toString('base64') } };

test('secrets are unpacked for root alone, from the answer of both', {
  skip: !isThere('python3') && 'no python3',
}, (t) => {
  for (const answer of [asAws, asGoogle]) {
    const folder = folderOf(t);
    const words = ['-c', textOf('/unpack'), join(folder, 'secrets'), digest];
    const { status, stderr } = spawnSync('python3', words, { input: JSON.stringify(answer), encoding: 'utf8' });
    strictEqual(stderr, '');
    strictEqual(status, 0);
    for (const [path, text] of Object.entries(texts)) {
      const place = join(folder, 'secrets', path);
      strictEqual(readFileSync(place, 'utf8'), text);
      strictEqual(statSync(place).mode & 0o777, 0o600);
    }
    strictEqual(statSync(join(folder, 'secrets/classes')).mode & 0o077, 0);
  }
});

test('another secret than the expected one is not unpacked', { skip: !isThere('python3') && 'no python3' }, (t) => {
  const folder = folderOf(t);
  const words = ['-c', textOf('/unpack'), join(folder, 'secrets'), sum];
  const { status, stderr } = spawnSync('python3', words, { input: JSON.stringify(asAws), encoding: 'utf8' });
  match(stderr, /^muster: the secret is not the one that this machine was made for/);
  strictEqual(status, 1);
  strictEqual(statSync(join(folder, 'secrets'), { throwIfNoEntry: false }), undefined);
});
