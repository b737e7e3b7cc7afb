// What does a rented machine do before its agent is there, and where does it stop? The script itself, beside stand-ins.
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bootScript } from '../../../../stacks/configs/user-data/boot.ts';
import { ownFolder } from '../../../support/folder.ts';

const failing = `#!/bin/sh\nfor i in 1 2 3 4 5 6 7 8 9; do echo "word $i" >&2; done\nexit 4\n`;
const usual = `#!/bin/sh\nprintf "%s\\n" "token=\${token}" "agent_sha256=\${agent_sha256}" "$@" >"\${0%/*}/../told"\n`;
/** It complains where its answer would stand. */
const noDriver = 'echo "NVIDIA-SMI has failed: no driver"; exit 9';
const sumOf = (script: string): string => createHash('sha256').update(script).digest('hex');

type Machine = {
  readonly gpus?: string;
  readonly drivers?: number | 'none';
  readonly warming?: true;
  readonly token?: string;
  readonly sum?: string;
  readonly installer?: string;
  /** What installs programs there; nft is missing. */
  readonly manager?: 'apt-get' | 'dnf';
};

function booted(t: TestContext, machine: Machine) {
  const { drivers, gpus = 'none', installer = usual, manager, token = 'mc_x', warming } = machine;
  const { sum = sumOf(installer) } = machine;
  const folder = ownFolder(t);
  const at = (name: string) => join(folder, name);
  mkdirSync(at('bin'));
  mkdirSync(at('work'));
  const put = (name: string, text: string): void => {
    writeFileSync(at(name), text);
    chmodSync(at(name), 0o755);
  };
  const program = (name: string, text: string): void => put(`bin/${name}`, `#!/bin/sh\n${text}\n`);
  for (const name of ['sh', 'rm', 'grep', 'sha256sum', 'touch', 'cat', 'chmod', 'tail'])
    program(name, `exec /bin/${name} "$@"`);
  program('mktemp', `echo ${at('work')}`);
  writeFileSync(at('installer'), installer);
  program(
    'curl',
    `echo "curl $*" >>${at('log')}\nfor to; do [ "$last" != --output ] || cat ${at('installer')} >"$to"; last=$to; done`,
  );
  const nft = `printf '#!/bin/sh\\n' >${at('bin/nft')} && chmod 755 ${at('bin/nft')}`;
  if (manager === undefined) program('nft', ':');
  else program(manager, `echo "${manager} $*" >>${at('log')}\ncase $* in *install*) ${nft} ;; esac`);
  if (drivers !== undefined)
    program(
      'nvidia-smi',
      drivers === 'none' ? noDriver : `i=0; while [ $i -lt ${drivers} ]; do echo $i; i=$((i + 1)); done`,
    );
  put(
    'cloud',
    `MUSTER_GPUS=${gpus} MUSTER_URL=https://m.example.org MUSTER_POOL=p MUSTER_HEALTH=127.0.0.1:50052
MUSTER_TOKEN_SECRET=lab/p/token MUSTER_INSTALLER_SHA256=${sum} MUSTER_AGENT_SHA256=ab
say() { echo "$*" >>${at('log')}; }
fail() { say "$*"; exit 1; }
is_warming() { ${warming ? ':' : 'false'}; }
class_token() { say 'asked for the token'; echo '${token}'; }
worker_name() { echo p-i-0a; }
say_ready() { say ready; }
`,
  );
  writeFileSync(at('ca.crt'), 'PEM');
  const script = bootScript
    .replace('/usr/local/lib/muster/cloud', at('cloud'))
    .replaceAll('/etc/muster/ca.crt', at('ca.crt'))
    .replace('/run/muster-joined', at('joined'));
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script], { env: { PATH: at('bin') }, encoding: 'utf8' });
  const read = (name: string): readonly string[] =>
    existsSync(at(name)) ? readFileSync(at(name), 'utf8').replaceAll(folder, '').trimEnd().split('\n') : [];
  return { status, stderr, log: read('log'), told: read('told'), joined: existsSync(at('joined')) };
}

const fetched = [
  'asked for the token',
  'curl -fsS --connect-timeout 10 -m 60 --output /work/install.sh --cacert /ca.crt --capath /dev/null https://m.example.org/install.sh',
];
const joining = [...fetched, 'joined as p-i-0a', 'ready'];

test('it fetches token and installer, and the installer is told everything; the token is no argument', (t) => {
  const told = [
    ...['token=mc_x', 'agent_sha256=ab', '--packages', '--url', 'https://m.example.org', '--name', 'p-i-0a'],
    ...['--class', 'p', '--health', '127.0.0.1:50052', '--gpus', 'none', '--ca', '/ca.crt'],
  ];
  deepStrictEqual(booted(t, {}), { status: 0, stderr: '', log: joining, told, joined: true });
});

test('a machine that is prepared for later is ready without a token', (t) => {
  deepStrictEqual(booted(t, { warming: true }), { status: 0, stderr: '', log: ['ready'], told: [], joined: false });
});

test('without its GPUs it asks for nothing, with them it goes on', (t) => {
  const { joined, log, status } = booted(t, { gpus: '2', drivers: 1 });
  deepStrictEqual([status, log.length, joined], [1, 1, false]);
  match(log[0] ?? '', /^expected 2 GPUs with a driver, nvidia-smi shows 1: /);
  match(booted(t, { gpus: '2' }).log[0] ?? '', /nvidia-smi shows 0/);
  match(booted(t, { gpus: '1', drivers: 'none' }).log[0] ?? '', /nvidia-smi shows 0/);
  strictEqual(booted(t, { gpus: '2', drivers: 2 }).joined, true);
});

test('no token, or another installer than it was made for: it stops', (t) => {
  const without = booted(t, { token: '' });
  deepStrictEqual(
    [without.status, without.log.at(-1)],
    [1, 'the token of the class could not be fetched: lab/p/token'],
  );
  const other = booted(t, { sum: 'c'.repeat(64) });
  deepStrictEqual([other.status, other.told, other.joined], [1, [], false]);
  strictEqual(other.log.at(-1), 'the installer is not the one that this machine was made for');
});

test('an installer that fails is quoted, but not at length', (t) => {
  const { joined, log, status } = booted(t, { installer: failing });
  const [first, ...others] = [2, 3, 4, 5, 6, 7, 8, 9].map((at) => `word ${at}`);
  deepStrictEqual([status, joined], [1, false]);
  deepStrictEqual(log, [...fetched, `the agent could not be installed: ${first}`, ...others]);
});

test('a program that it lacks comes from the distribution', (t) => {
  const debian = ['apt-get -qq update', 'apt-get -qq -y -o DPkg::Lock::Timeout=300 install nftables'];
  deepStrictEqual(booted(t, { manager: 'apt-get' }).log, ['installing nftables', ...debian, ...joining]);
  const fedora = ['installing nftables', 'dnf -q -y install nftables'];
  deepStrictEqual(booted(t, { manager: 'dnf' }).log, [...fedora, ...joining]);
});
