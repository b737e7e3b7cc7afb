// Does the installer know its machine: distribution, processor, C library, what is missing, and how long an agent may stay?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { root } from '../../support/sources.ts';
import { temporaryFolder } from '../orchestrator/support/orchestrator.ts';

const parts = ['words', 'host', 'form', 'places', 'settings', 'units'].map((part) =>
  join(root, `services/agent/install/${part}.sh`),
);

type Machine = {
  /** Files below the root of the machine. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs that say something else than the real ones, as bodies of scripts; null: not there. */
  readonly programs?: Readonly<Record<string, string | null>>;
};

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n';
const plain = {
  uname: '[ "$1" = -m ] && echo x86_64 || echo Linux',
  getconf: '[ "$1" = LONG_BIT ] && echo 64 || echo "glibc 2.36"',
  id: 'echo 1000',
};
const usual = [
  'sed',
  'head',
  'tail',
  'tr',
  'grep',
  'sort',
  'cut',
  'cmp',
  'mkfifo',
  'sha256sum',
  'curl',
  'flock',
  'setsid',
];

/** What functions of the installer say on a machine that is made up. */
const say = (t: TestContext, line: string, { files = { 'etc/os-release': debian }, programs = {} }: Machine = {}) => {
  const folder = temporaryFolder(t);
  const machine = join(folder, 'machine');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [path, text] of Object.entries({ 'usr/lib/x/libstdc++.so.6': '', ...files })) {
    mkdirSync(dirname(join(machine, path)), { recursive: true });
    writeFileSync(join(machine, path), text);
  }
  const own: Readonly<Record<string, string | null>> = { ...plain, ...programs };
  for (const name of usual) if (!(name in own)) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  for (const [name, text] of Object.entries(own)) {
    if (text === null) continue;
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const sources = parts.map((part) => `. ${part}`).join('\n');
  const { status, stderr, stdout } = spawnSync('/bin/sh', ['-c', `${sources}\nmachine=${machine}\n${line}`], {
    encoding: 'utf8',
    env: { PATH: bin, HOME: folder, FOLDER: folder },
  });
  return [status, ...`${stdout}${stderr}`.trimEnd().split('\n')];
};

const release = (text: string): Machine => ({ files: { 'etc/os-release': text } });

test('it names the distribution', (t) => {
  assert.deepEqual(say(t, 'check_host'), [0, 'muster: Debian GNU/Linux 12 (bookworm), x86_64, glibc 2.36']);
  const elsewhere = { files: { 'usr/lib/os-release': 'PRETTY_NAME="Fedora Linux 41"\nID=fedora\n' } };
  assert.deepEqual(say(t, 'check_host', elsewhere), [0, 'muster: Fedora Linux 41, x86_64, glibc 2.36']);
  assert.deepEqual(say(t, 'check_host', { files: {} }), [0, 'muster: Linux, x86_64, glibc 2.36']);
});

test('what is missing is named with the command of the distribution, also of one that is like another', (t) => {
  const without = (text: string) =>
    say(t, 'check_host', { ...release(text), files: { ...release(text).files }, programs: { cmp: null, curl: null } });
  const lacks = 'muster: this machine lacks curl cmp';
  for (const [text, command] of [
    [debian, 'apt-get install -y curl diffutils'],
    ['ID=ubuntu\nID_LIKE=debian\n', 'apt-get install -y curl diffutils'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt-get install -y curl diffutils'],
    ['ID=fedora\n', 'dnf install -y curl diffutils'],
    ["ID='rocky'\nID_LIKE='rhel centos fedora'\n", 'dnf install -y curl diffutils'],
    ['ID="rhel"\n', 'dnf install -y curl diffutils'],
    ['ID=arch\n', 'pacman -S --needed --noconfirm curl diffutils'],
    ['ID=manjaro\nID_LIKE=arch\n', 'pacman -S --needed --noconfirm curl diffutils'],
  ] as const)
    assert.deepEqual(without(text), [3, lacks, `   → as root: ${command}`], text);
  assert.deepEqual(without('ID=gentoo\n'), [3, lacks, '   → install with its package manager: curl diffutils']);
});

test('libstdc++ has another name in each', (t) => {
  const without = (text: string) =>
    say(t, `rm -r "$machine/usr/lib/x"; check_host`.replace('rm', '/bin/rm'), release(text))[2];
  assert.deepEqual(
    [debian, 'ID=fedora\n', 'ID=arch\n'].map(without),
    ['apt-get install -y libstdc++6', 'dnf install -y libstdc++', 'pacman -S --needed --noconfirm gcc-libs'].map(
      (command) => `   → as root: ${command}`,
    ),
  );
});

test('root is told the same, and gets it installed by --packages', (t) => {
  const bare: Machine = {
    programs: {
      id: 'echo 0',
      cmp: null,
      'apt-get': 'echo "$*" >>"$FOLDER/asked"; [ "$1" = update ] || ln -s /usr/bin/cmp "$FOLDER/bin/cmp"',
      ln: 'exec /bin/ln "$@"',
      sh: 'exec /bin/sh "$@"',
    },
  };
  const command = 'apt-get install -y diffutils';
  assert.deepEqual(say(t, 'check_host', bare), [
    3,
    'muster: this machine lacks cmp',
    `   → ${command}, or the line with --packages at its end`,
  ]);
  assert.deepEqual(say(t, 'packages=yes; check_host; /bin/cat "$FOLDER/asked"', bare), [
    0,
    `muster: ${command}`,
    'muster: Debian GNU/Linux 12 (bookworm), x86_64, glibc 2.36',
    'update -q',
    'install -y diffutils',
  ]);
  const failing = { programs: { ...bare.programs, 'apt-get': 'exit 100' } };
  assert.deepEqual(say(t, 'packages=yes; check_host', failing), [
    3,
    `muster: ${command}`,
    'muster: this machine lacks cmp',
    `   → ${command}`,
  ]);
});

test('each processor gets its own file, and no other one any', (t) => {
  const on = (machine: string, bits = 64) =>
    say(t, 'check_machine; echo "$arch"', {
      programs: {
        uname: `[ "$1" = -m ] && echo ${machine} || echo Linux`,
        getconf: `[ "$1" = LONG_BIT ] && echo ${bits} || echo "glibc 2.36"`,
      },
    });
  assert.deepEqual(
    [on('x86_64'), on('aarch64')],
    [
      [0, 'x64'],
      [0, 'arm64'],
    ],
  );
  for (const machine of ['armv8l', 'armv7l', 'i686', 'riscv64'])
    assert.deepEqual(on(machine), [3, `muster: expected a machine with x86_64 or aarch64, found ${machine}`]);
  assert.deepEqual(on('aarch64', 32), [3, 'muster: expected a system of 64 bits, found 32 on aarch64']);
});

test('another C library and an older one are refused', (t) => {
  const on = (getconf: string) => say(t, 'check_libc; echo fine', { programs: { getconf } })[1];
  assert.equal(on('echo "glibc 2.28"'), 'fine');
  assert.equal(on('echo "glibc 2.27"'), 'muster: expected glibc 2.28 or newer, found 2.27');
  assert.equal(on('exit 1'), 'muster: expected glibc 2.28 or newer, found another C library');
  assert.equal(on('echo undefined'), 'muster: expected glibc 2.28 or newer, found another C library');
});

test('a file of the machine is data: nothing in it runs, and no sign of it reaches a terminal', (t) => {
  const hostile = 'PRETTY_NAME="$(id) `id` \u001b[31m; touch x"\nID=$(touch y)\nID_LIKE="* $(id) debian"\n';
  assert.deepEqual(say(t, 'check_host; cd "$FOLDER"; echo "$family" *', release(hostile)), [
    0,
    'muster: $(id) `id` [31m; touch x, x86_64, glibc 2.36',
    'debian bin machine',
  ]);
});

test('root needs systemd 252', (t) => {
  const on = (version: number) =>
    say(t, 'choose_form; echo "$form"', {
      files: { 'run/systemd/system/x': '' },
      programs: { id: 'echo 0', systemctl: `echo "systemd ${version} (${version}.1)"` },
    });
  assert.deepEqual(on(252), [0, 'system']);
  assert.deepEqual(on(249), [
    3,
    'muster: expected systemd 252 or newer, found 249',
    '   → run the line as a user who is not root',
  ]);
});

test('a user whose agent may not stay gets a loop, or is told when it ends', (t) => {
  const refused = 'case $1 in show-user) echo no ;; *) exit 1 ;; esac';
  const on = (killed: boolean, more: Readonly<Record<string, string>> = {}) =>
    say(t, 'made=$FOLDER/made; : >"$made"; choose_form; echo "$form"; say_how_long; /bin/cat "$made"', {
      files: { 'run/systemd/system/x': '' },
      programs: {
        ...{
          systemctl: 'exit 0',
          loginctl: refused,
          busctl: `echo "b ${killed}"`,
          mv: 'exec /bin/mv "$@"',
          rm: 'exec /bin/rm "$@"',
        },
        ...more,
      },
    });
  const remedy =
    'muster: loginctl enable-linger is refused here; as root: loginctl enable-linger 1000, then the line again';
  const loop = 'neither systemd nor cron keeps the agent for this user: a loop does, and after a reboot run this again';
  assert.deepEqual(on(false), [0, 'alone', `muster: ${loop}`, remedy]);
  assert.deepEqual(on(true), [
    0,
    'user',
    'muster: it ends when this user logs out, and starts at the next login',
    remedy,
  ]);
  assert.deepEqual(
    on(true, {
      loginctl: 'case $1 in show-user) [ -e "$FOLDER/stays" ] && echo yes ;; *) : >"$FOLDER/stays" ;; esac',
      sleep: 'exit 0',
      date: 'echo 1',
    }),
    [0, 'user', 'linger'],
  );
});

test('the unit has the devices of the cards that are there, and the groups', (t) => {
  const gpuUnit = `gpu_unit() { printf '%s\\n' DeviceAllow=char-nvidia DeviceAllow=char-nvidia-uvm DeviceAllow=char-drm DeviceAllow=char-kfd DeviceAllow=/dev/dxg 'SupplementaryGroups=muster-jobs render video'; }`;
  const on = (vendors: string, group = 'video:x:44:\nrender:x:105:\n') =>
    say(t, `${gpuUnit}\nvendors='${vendors}'; unit_for_gpus`, { files: { 'etc/group': group } }).slice(1);
  const groups = 'SupplementaryGroups=muster-jobs render video';
  const allow = (...names: readonly string[]) => names.map((name) => `DeviceAllow=${name}`);
  assert.deepEqual(on('nvidia '), [...allow('char-nvidia', 'char-nvidia-uvm', '/dev/dxg'), groups]);
  assert.deepEqual(on('amd '), [...allow('char-drm', 'char-kfd'), groups]);
  assert.deepEqual(on('intel '), [...allow('char-drm'), groups]);
  assert.deepEqual(on('amd intel nvidia ').length, 6);
  assert.equal(on('intel ', 'video:x:44:\n').at(-1), 'SupplementaryGroups=muster-jobs video');
});
