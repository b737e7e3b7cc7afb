// Does one line make a machine a worker, may it be run again, and does it go without a trace?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WorkerList } from '../../../services/protocol/index.ts';
import { installScript } from '../../../stacks/cli/executables.ts';
import { eventually, pidsWith } from '../../support/agent-process.ts';
import { fakeCrontab, type Installing, installing, treeOf } from '../../support/installing.ts';
import { judge, needs } from '../../support/linted-files.ts';
import { root } from '../../support/sources.ts';
import { asNobody } from '../../support/unprivileged.ts';
import { temporaryFolder } from '../orchestrator/support/orchestrator.ts';

const timeout = 120_000;

const workersOf = async ({ bench }: Installing) =>
  ((await bench.admin.get('/api/v1/workers')).json as WorkerList).workers;

const isWell = ({ code }: { code: number }) => code === 0;

test('one line makes a machine a worker; a second run changes nothing; uninstalling leaves nothing', {
  timeout,
}, async (t) => {
  const place = await installing(t);
  const before = treeOf(place.home);
  const { command } = await place.invite('--name', 'node7');
  const labels = String.raw`--labels 'size=large,odd="\$(id)' --cpus 2 --memory 1GiB`;
  const first = await place.shell(`${command} ${labels}`);
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.match(first.stdout, /muster: this machine is a worker: its log is /);
  const [worker] = await workersOf(place);
  assert.deepEqual(
    [worker?.name, worker?.state, worker?.cpus, worker?.memoryMiB, worker?.labels],
    ['node7', 'idle', Math.min(2, worker?.cpus ?? 0), 1024, { odd: String.raw`"\$(id)`, size: 'large' }],
  );
  const installed = treeOf(place.place).filter((line) => !/^(state|agent-log|agent-alive)/.test(line));
  const again = await place.shell(command);
  assert.deepEqual([again.code, again.stderr, /downloading/.test(again.stdout)], [0, '', false]);
  assert.deepEqual(
    treeOf(place.place).filter((line) => !/^(state|agent-log|agent-alive)/.test(line)),
    installed,
  );
  assert.deepEqual(
    (await workersOf(place)).map(({ id }) => id),
    [worker?.id],
  );
  const gone = await place.uninstall();
  assert.deepEqual([gone.code, gone.stderr], [0, '']);
  assert.deepEqual([treeOf(place.home), pidsWith(`${place.place}/agent-keep`)], [before, []]);
  assert.deepEqual(
    (await workersOf(place)).map(({ state }) => state),
    ['offline'],
  );
});

test('an agent that is killed comes back as the same worker', { timeout }, async (t) => {
  const place = await installing(t);
  await place.shell((await place.invite()).command);
  const [before] = await workersOf(place);
  const [pid] = pidsWith(place.agent);
  assert.ok(pid !== undefined);
  process.kill(pid, 'SIGKILL');
  const version = await place.shell(
    `until [ "$(MUSTER_STATE=${place.place}/state MUSTER_HEALTH=127.0.0.1:0 ${place.place}/bin/muster-agent health && echo well)" = well ]; do sleep 0.2; done`,
  );
  assert.ok(isWell(version));
  const [after] = await workersOf(place);
  assert.equal(after?.id, before?.id);
});

test('a newer agent takes the place of the older one, and keeps its worker and its settings', {
  timeout,
}, async (t) => {
  const place = await installing(t);
  const { command } = await place.invite();
  await place.shell(`${command} --labels size=large`);
  const link = join(place.place, 'bin/muster-agent');
  const older = readFileSync(link, 'utf8');
  place.offer({ [`muster-agent-linux-${process.arch}`]: `${older}# newer\n` });
  const { code, stdout } = await place.shell(command);
  assert.deepEqual([code, /downloading/.test(stdout)], [0, true]);
  assert.equal(readFileSync(link, 'utf8'), `${older}# newer\n`);
  assert.deepEqual(
    (await workersOf(place)).map(({ labels, state }) => [labels, state]),
    [[{ size: 'large' }, 'idle']],
  );
  place.offer({ [`muster-agent-linux-${process.arch}`]: `${older}# newest\n` });
  await place.shell(command);
  const releases = readdirSync(join(place.place, 'releases'));
  assert.deepEqual(
    new Set(releases.map((name) => readFileSync(join(place.place, 'releases', name, 'muster-agent'), 'utf8'))),
    new Set([`${older}# newer\n`, `${older}# newest\n`]),
    'of the older ones the last stays',
  );
  assert.deepEqual([(await place.uninstall()).code, treeOf(place.home)], [0, []]);
});

test('an invite that is used, expired or unknown is refused with exit code 4, and nothing stays', {
  timeout,
}, async (t) => {
  const place = await installing(t);
  const [used, revoked, unknown] = [await place.invite(), await place.invite(), await place.invite()];
  const join = { tokenHash: 'ab'.repeat(32) };
  assert.equal((await place.bench.client(used.token).post('/api/v1/agent/join', join)).status, 200);
  await place.muster('workers', 'revoke', revoked.id);
  const cases: readonly (readonly [string, RegExp])[] = [
    [used.command, /muster: the invite does not open the door; the reason stands above\n {3}→ ask for another one/],
    [revoked.command, /muster: this invite was used a while ago, has expired or was revoked\n/],
    [unknown.command.replace(unknown.token, `mi_${'x'.repeat(43)}`), /does not know this invite\n/],
    [unknown.command.replace(unknown.token, `'mi_$(id)'`), /invite: expected mi_ and letters, found another text\n/],
  ];
  for (const [command, message] of cases) {
    const { code, stderr } = await place.shell(command);
    assert.equal(code, 4, stderr);
    assert.match(stderr, message);
    assert.deepEqual(treeOf(place.home), [], command);
  }
});

test('a download that was changed on the way is refused, and nothing stays', { timeout }, async (t) => {
  const place = await installing(t);
  const { command } = await place.invite();
  writeFileSync(
    join(place.bench.folder, 'downloads', `muster-agent-linux-${process.arch}`),
    '#!/bin/sh\ntouch /tmp/owned\n',
  );
  const { code, stderr } = await place.shell(command);
  assert.deepEqual([code, existsSync('/tmp/owned'), treeOf(place.home)], [5, false, []]);
  assert.match(stderr, /has another checksum than the list says/);
});

test('killed at any point it is repaired by the same line, or leaves without a trace', { timeout }, async (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o777);
  // Each program that changes the disk kills the installer when so many of them have been called.
  for (const name of ['mkdir', 'mv', 'sync']) {
    const count = `n=$(cat ${folder}/left) && n=$((n - 1)) && echo "$n" >${folder}/left && [ "$n" -ne 0 ] || kill -9 "$PPID"`;
    writeFileSync(join(folder, name), `#!/bin/sh\n${count}\nexec /bin/${name} "$@"\n`, { mode: 0o755 });
  }
  const place = await installing(t, [folder]);
  const killedAfter = async (calls: number, line: string) => {
    writeFileSync(join(folder, 'left'), `${calls}\n`);
    chmodSync(join(folder, 'left'), 0o666);
    return (await place.shell(line)).code;
  };
  const killed: number[] = [];
  for (;;) {
    // Every second one: they are many.
    const calls = 2 * killed.length + 1;
    const { command } = await place.invite();
    const code = await killedAfter(calls, command);
    const isLast = code === 0;
    if (!isLast) killed.push(code);
    if (!isLast && killed.length % 4 === 0)
      assert.equal(await killedAfter(1000, command), 0, `killed at call ${calls}`);
    const gone = await killedAfter(1000, `${command} --uninstall`);
    assert.deepEqual([gone, treeOf(place.home)], [0, []], `killed at call ${calls}`);
    if (isLast) break;
  }
  assert.ok(killed.length > 8 && killed.every((code) => code === 137), JSON.stringify(killed));
  t.diagnostic(`killed at ${killed.length} points`);
});

test('two at once take turns', { timeout }, async (t) => {
  const place = await installing(t);
  const { command } = await place.invite();
  const both = await Promise.all([place.shell(command), place.shell(command)]);
  assert.deepEqual(
    both.map(({ code, stderr }) => [code, stderr]),
    [
      [0, ''],
      [0, ''],
    ],
  );
  assert.equal(both.filter(({ stdout }) => /another run of this is at work; waiting for it/.test(stdout)).length, 1);
  assert.equal(both.filter(({ stdout }) => /downloading/.test(stdout)).length, 1);
  assert.deepEqual([(await workersOf(place)).length, pidsWith(place.agent).length], [1, 1]);
  assert.deepEqual([(await place.uninstall()).code, treeOf(place.home)], [0, []]);
});

test('wrong options are refused before anything is fetched', () => {
  const script = installScript(root);
  const say = (...argv: string[]) => {
    const [program, args] =
      process.getuid?.() === 0 ? asNobody('sh', '-s', '--', ...argv) : ['sh', ['-s', '--', ...argv]];
    const { status, stderr } = spawnSync(program, args, {
      input: `invite=mi_x\n${script}`,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin' },
    });
    return [status, stderr.split('\n')[0]];
  };
  const url = ['--url', 'https://127.0.0.1:1'];
  assert.deepEqual(say('--colour'), [2, 'muster: there is no option --colour']);
  assert.deepEqual(say('--url'), [2, 'muster: --url: expected a value, got nothing']);
  assert.deepEqual(say('--url', 'file:///etc'), [2, 'muster: --url: expected a web address, got "file:///etc"']);
  assert.deepEqual(say(...url, '--pin', 'md5//x'), [2, 'muster: --pin: expected sha256//…, got "md5//x"']);
  assert.deepEqual(say(...url, '--class', 'a\nb'), [2, 'muster: --class: expected text without control characters']);
  assert.deepEqual(say(...url, '--memory', '8'), [2, 'muster: --memory: expected a size such as 8GiB, got "8"']);
  assert.deepEqual(say(...url, '--gpus', 'a100'), [2, 'muster: --gpus: expected auto, none or a count, got "a100"']);
  assert.deepEqual(say(...url, '--labels', 'a'), [
    2,
    'muster: --labels: expected key=value with commas between, got "a"',
  ]);
  assert.deepEqual(say(...url), [3, 'muster: there is no HOME to install into']);
});

test('cron starts it again after a reboot, beside what cron had to do before, which alone is left in the end', {
  timeout,
}, async (t) => {
  const { file, folder } = fakeCrontab(t);
  const place = await installing(t, [folder]);
  writeFileSync(file, '0 4 * * * true\n', { mode: 0o666 });
  chmodSync(file, 0o666);
  await place.shell((await place.invite()).command);
  const [kept, line = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  assert.deepEqual([kept, rest], ['0 4 * * * true', ['']]);
  const [, command = ''] = /^@reboot (.*)$/.exec(line) ?? [];
  for (const pid of [...pidsWith(place.agent), ...pidsWith(`${place.place}/agent-keep`)]) process.kill(pid, 'SIGKILL');
  await eventually(() => pidsWith(place.agent).length === 0);
  const rebooted = place.shell(command.replaceAll('\\%', '%'));
  await eventually(() => pidsWith(place.agent).length === 1);
  assert.equal((await place.uninstall()).code, 0);
  assert.deepEqual(
    [(await rebooted).code, readFileSync(file, 'utf8'), treeOf(place.home)],
    [0, '0 4 * * * true\n', []],
  );
});

test(
  'shellcheck has nothing to say about the installer and the loop that it writes',
  needs('shellcheck'),
  async (t) => {
    const file = join(temporaryFolder(t), 'install.sh');
    writeFileSync(file, installScript(root));
    const keep = join(root, 'services/agent/install/keep.sh');
    assert.deepEqual(await judge('shellcheck', ['--enable=all', '--shell=sh', file, keep]), { code: 0, said: '' });
  },
);
