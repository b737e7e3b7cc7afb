// Where does Ansible come from? The system's own where it will do, else the pinned one, fetched once; the rest are stand-ins.
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { findAnsible } from '../../../stacks/cli/rack/ansible.ts';
import { Failure } from '../../../stacks/cli/types.ts';
import { ownFolder } from '../../support/folder.ts';
import { root as clone } from '../../support/sources.ts';

const list = readFileSync(join(clone, 'ansible/requirements.txt'), 'utf8');
const version = /^ansible-core==(\S+)/m.exec(list)?.[1];
const remedy = 'install Ansible 2.14 or newer: apt-get install ansible-core, or pipx install ansible-core';

/** `python3 -m venv` makes a folder whose Python, asked for pip, writes down its arguments and makes the program. */
const python = (log: string) => `case $1 in --version) echo Python 3.12.1; exit ;; *) ;; esac
mkdir -p "$3/bin"
cat >"$3/bin/python" <<'END'
#!/bin/sh
printf '%s\\n' "$*" >>'${log}'
echo '#!/bin/sh' >"\${0%/*}/ansible-playbook"
END
chmod +x "$3/bin/python"`;

function place(t: TestContext, programs: Readonly<Record<string, string>>) {
  const root = ownFolder(t);
  const bin = join(root, 'bin');
  for (const folder of [bin, join(root, 'ansible')]) mkdirSync(folder);
  cpSync(join(clone, 'ansible/requirements.txt'), join(root, 'ansible/requirements.txt'));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script.replaceAll('ROOT', root)}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const told: string[] = [];
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const env = { PATH: bin, MUSTER_CACHE: join(root, 'cache') };
  const io = { stdout: silent, stderr: silent, env, root, cwd: root };
  const find = () => findAnsible(io, (verb) => told.push(verb));
  const log = join(root, 'log');
  const calls = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  return { root, find, told, calls, cached: join(root, `cache/muster/ansible-${version}/bin/ansible-playbook`) };
}

async function failure(find: () => Promise<string>): Promise<string> {
  const error = await find().then(
    () => new Error('nothing was refused'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof Failure)) throw error;
  return `${error.exitCode} ${error.message} → ${error.remedy}`;
}

test('the system has one that is new enough', async (t) => {
  const { find, told } = place(t, { 'ansible-playbook': 'echo "ansible-playbook [core 2.14.18]"' });
  deepStrictEqual([await find(), told], ['ansible-playbook', []]);
});

for (const [state, script] of [
  ['missing', null],
  ['too old', 'echo "ansible-playbook [core 2.10.8]"'],
  ['broken', 'echo "[core 2.16.1]"; exit 1'],
] as const) {
  test(`one that is ${state} is not used: the pinned one is fetched once, with its checksums`, async (t) => {
    const own: Readonly<Record<string, string>> = script === null ? {} : { 'ansible-playbook': script };
    const { cached, calls, find, root, told } = place(t, { ...own, python3: python('ROOT/log') });
    deepStrictEqual([await find(), await find()], [cached, cached]);
    deepStrictEqual(told, ['fetching']);
    const words = '--quiet --disable-pip-version-check --only-binary=:all: --require-hashes';
    deepStrictEqual(calls(), [`-m pip install ${words} --requirement ${root}/ansible/requirements.txt`]);
    // One that was broken off, or another list, is fetched anew.
    writeFileSync(join(root, 'ansible/requirements.txt'), `${list}# another\n`);
    await find();
    strictEqual(calls().length, 2);
  });
}

test('without Python, or with one that is too old, it says what to install', async (t) => {
  strictEqual(
    await failure(place(t, {}).find),
    `3 ansible-playbook is missing, and python3, which would bring it, is missing → apt-get install python3-venv; or ${remedy}`,
  );
  strictEqual(
    await failure(place(t, { 'ansible-playbook': 'echo "[core 2.12.0]"', python3: 'echo Python 3.10.4' }).find),
    `3 ansible-playbook is 2.12, which is too old, and expected Python 3.11 or newer to bring it, found 3.10.4 → ${remedy}`,
  );
});

test('what python3 and pip say when they fail is passed on, and nothing counts as fetched', async (t) => {
  const venv = place(t, { python3: '[ "$1" = --version ] && echo Python 3.12.1 || { echo no ensurepip; exit 1; }' });
  match(await failure(venv.find), /python3 -m venv failed\nno ensurepip → apt-get install python3-venv; or /);
  const pip = place(t, { python3: python('/nonexistent/log').replace("echo '#!/bin/sh' >", 'exit 1 ') });
  match(
    await failure(pip.find),
    /it could not be fetched\n.*\/nonexistent\/log.* → see whether pip gets through; or /s,
  );
  match(await failure(pip.find), /it could not be fetched/);
});

test('each package of the list is exact, and has checksums', () => {
  const entries = list
    .replaceAll(' \\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  deepStrictEqual(
    entries.filter((line) => !/^[a-z0-9-]+==[^\s;]+( ; [^\\]+)?( +--hash=sha256:[0-9a-f]{64})+$/.test(line)),
    [],
  );
  strictEqual(entries.length > 5, true);
});
