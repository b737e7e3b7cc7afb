// What does `muster install` show and remember, and what does it refuse? The host and Ansible are stand-ins.
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../../support/folder.ts';
import { hostSays, InstallStandIns } from '../../support/install-stand-ins.ts';

const spec = 'name: home\nworkers: {small: {}}\nservices: {ollama: {memory: 1GiB}, open-webui: {}}\n';
const place = (t: TestContext, text = spec) => new InstallStandIns(ownFolder(t), text);

test('a dry run shows the host, each service with its reason and place, and what would change', async (t) => {
  const { muster, root } = bound(place(t));
  const { code, stderr, stdout } = await muster('install', 'pat@bare', '--role', 'ai', '--dry-run');
  deepStrictEqual([code, stderr], [0, '']);
  deepStrictEqual(stdout.replace(/^ {2}(written|made).*\n/gm, '').split('\n'), [
    'muster: pat@bare: Debian GNU/Linux 12 (bookworm), systemd 252, x86_64, 2 CPUs, 3.8 GiB, no GPU',
    'role ai of the cluster "home"',
    '  + ollama      asked for                                         127.0.0.1:11434  /opt/muster/bin/ollama  /var/lib/muster/ollama',
    '  + open-webui  asked for                                         127.0.0.1:3000  /opt/muster/venv/open-webui/bin/open-webui  /var/lib/muster/open-webui',
    '  · agent       left out: no orchestrator of this cluster answers',
    '  ! firewall    closes ports on which somebody listens: 4000      --no-firewall leaves them',
    '  units in /etc/systemd/system, programs in /opt/muster, configs and secrets in /etc/muster, data in /var/lib/muster',
    '  ~ bare  service: bring it in line  ollama: 1 unit, start',
    '',
  ]);
  strictEqual(existsSync(join(root, '.muster/installed.json')), false);
});

test('what was installed is remembered, added to, and forgotten when it goes', async (t) => {
  const { host, muster, plays, root } = bound(place(t));
  const known = () => JSON.parse(readFileSync(join(root, '.muster/installed.json'), 'utf8'));
  const first = await muster('install', 'pat@bare', '--role', 'ai', '--yes', '--no-firewall');
  deepStrictEqual([first.code, first.stderr], [0, '']);
  match(first.stdout, /to undo: npx --no muster uninstall pat@bare\n$/);
  const remembered = {
    place: { destination: 'pat@bare', port: null },
    host: { name: 'bare', address: '10.0.0.9', user: 'root', sshPort: 22, runs: ['ollama', 'open-webui'] },
    role: 'ai',
    firewall: false,
  };
  deepStrictEqual(known(), [remembered]);
  const variables = {
    ...{ hardening_firewall: false, hardening_ssh: false, ansible_connection: 'ssh' },
    ...{ ansible_host: 'bare', ansible_port: 2222, ansible_user: 'root' },
  };
  const words = (playbook: string, check: string) =>
    `--inventory build/install/inventory.yml ${check}--limit bare --extra-vars ${JSON.stringify(variables)} ansible/${playbook}.yml`;
  deepStrictEqual(plays(), [words('site', '--check --diff '), words('site', '')]);
  host(hostSays('unit muster-ollama.service', 'unit muster-open-webui.service'));
  const second = await muster('install', 'pat@bare', '--yes');
  match(second.stdout, / {2}= ollama +is here already/);
  match(second.stdout, /\nmuster: pat@bare is as it should be, nothing to change\n$/);
  const gone = await muster('uninstall', 'pat@bare', '--yes');
  deepStrictEqual([gone.code, gone.stderr], [0, '']);
  deepStrictEqual(known(), []);
  host(hostSays());
  strictEqual((await muster('uninstall', 'pat@bare')).stdout, 'muster: nothing of Muster is on pat@bare\n');
});

test('for programs it is one value, with the reason of each service', async (t) => {
  const { muster } = bound(place(t));
  const { stdout } = await muster('install', 'bare', '--role', 'ai', '--dry-run', '--json');
  const { end, host, plan, role, services } = JSON.parse(stdout);
  deepStrictEqual([end, host, role, plan.length], ['done', 'bare', 'ai', 1]);
  deepStrictEqual(services[0], {
    ...{ service: 'ollama', how: 'unit', why: 'asked for', listens: ['127.0.0.1:11434'], ports: [11434] },
    ...{ program: '/opt/muster/bin/ollama', state: '/var/lib/muster/ollama' },
  });
});

const refused: Readonly<Record<string, readonly [spec: string, host: string, argv: readonly string[], said: string]>> =
  {
    'a host that the spec names is for another verb': [
      'name: a\nrack: {hosts: {node1: {address: 10.0.0.9}}}\n',
      hostSays(),
      ['root@bare'],
      '2 muster: cluster.yaml names root@bare already: rack/hosts/node1\n   → npx --no muster deploy rack --limit node1\n',
    ],
    'a role that there is not': [
      spec,
      hostSays(),
      ['--role', 'workr'],
      '2 muster: --role: expected auto, orchestrator, worker, ai, got "workr"\n   → did you mean "worker"?\n',
    ],
    'a worker without an orchestrator': [
      spec,
      hostSays(),
      ['bare', '--role', 'worker'],
      '3 muster: nothing is to be installed on bare\n  · agent: no orchestrator of this cluster answers\n' +
        '   → npx --no muster install bare --role orchestrator; or, where it is elsewhere: --orchestrator URL --invite-file FILE\n',
    ],
    'an orchestrator elsewhere without an invite': [
      spec,
      hostSays(),
      ['bare', '--role', 'worker', '--orchestrator', 'https://10.0.0.1:8080'],
      '2 muster: --orchestrator and --invite-file: expected both, got one\n   → there: muster workers invite --format env, which prints both\n',
    ],
    'a host without systemd, with a port that is taken': [
      spec,
      hostSays('port 1F90 00000000').replace('systemd 252', 'other'),
      ['bare', '--role', 'orchestrator'],
      '3 muster: bare: expected systemd, found another first process\n' +
        'bare: expected port 8080 to be free, found somebody listening there\n' +
        '   → muster up, in containers or as local processes; stop that program, or change the port in cluster.yaml\n',
    ],
    'services that somebody else has installed': [
      spec,
      hostSays('unit muster-orchestrator.service'),
      ['bare'],
      '4 muster: bare runs what was not installed from here: orchestrator\n' +
        '   → install it from where that was done, or take it off first: npx --no muster uninstall bare\n',
    ],
    'a name that ssh would take for a flag': [
      spec,
      hostSays(),
      ['--', '-oProxyCommand=id'],
      '2 muster: expected user@host, got "-oProxyCommand=id"\n   → what ~/.ssh/config calls it works too; a port stands in --port\n',
    ],
  };

for (const [name, [text, said, argv, expected]] of Object.entries(refused)) {
  test(`refused: ${name}`, async (t) => {
    const standIns = place(t, text);
    standIns.host(said);
    const { code, stderr, stdout } = await standIns.muster('install', ...argv);
    deepStrictEqual([`${code} ${stderr}`, stdout, standIns.plays()], [expected, '', []]);
  });
}

test('an invite that is none is refused before anything happens', async (t) => {
  const { muster, root } = bound(place(t));
  const { code, stderr } = await muster(
    ...['install', 'bare', '--role', 'worker', '--orchestrator', 'https://10.0.0.1:8080'],
    ...['--invite-file', join(root, 'cluster.yaml')],
  );
  strictEqual(code, 2);
  match(stderr, /^muster: --invite-file: expected an invite, mi_ and letters, found another text\n/);
});

function bound(standIns: InstallStandIns) {
  return {
    root: standIns.root,
    host: standIns.host.bind(standIns),
    muster: standIns.muster.bind(standIns),
    plays: standIns.plays.bind(standIns),
  };
}
