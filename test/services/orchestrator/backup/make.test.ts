// Is a backup whole, whatever happens beside it? Under writes, with lost blobs, with others, and with a power cut.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { rehearse } from '../../../../services/orchestrator/backup/rehearse.ts';
import { lockFile } from '../../../../services/orchestrator/store/lock.ts';
import { compileCache } from '../../../support/compile-cache.ts';
import { blobOf, digestOf, inodeOf, keptState, setOf, textsIn } from '../support/kept-state.ts';
import { mainPath } from '../support/orchestrator.ts';
import { runCommand } from '../support/process.ts';
import { submitChanges } from '../support/rows.ts';

test('what was acknowledged before is in it, and it is of one moment, however much is written meanwhile', async (t) => {
  const { backup, store } = await keptState(t);
  let [done, over] = [0, false];
  const writing = (async () => {
    while (!over) {
      await store.apply(submitChanges(done + 1), 0);
      done++;
    }
  })();
  for (let count = 0; count < 5; count++) {
    const before = done;
    const { folder, manifest } = await backup();
    const ids = rehearse(folder).map(({ id }) => id);
    assert.ok(manifest.jobs >= before, `${manifest.jobs} jobs, ${before} were acknowledged`);
    assert.deepEqual(
      ids,
      ids.map((_, index) => `job${index + 1}`),
    );
    assert.equal(ids.length, manifest.jobs);
  }
  over = true;
  await writing;
});

test('it holds the blobs and logs of its jobs, private, and nothing else; what stays the same is shared', async (t) => {
  const { add, backup, state } = await keptState(t);
  await add(1, 'one', 'log of one');
  mkdirSync(join(state, 'secrets'));
  for (const path of [blobOf(state, 'nobody'), join(state, 'logs/job9.1'), join(state, 'secrets/admin')]) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'a stranger');
  }
  const first = await backup();
  await add(2, 'two', 'log of two');
  appendFileSync(join(state, 'logs/job1.1'), ', grown');
  const second = await backup();
  const one = { [`blobs/${digestOf('one').slice(0, 2)}/${digestOf('one')}`]: 'one' };
  const two = { [`blobs/${digestOf('two').slice(0, 2)}/${digestOf('two')}`]: 'two' };
  assert.deepEqual(textsIn(first.folder), { ...one, 'logs/job1.1': 'log of one' });
  assert.deepEqual(textsIn(second.folder), {
    ...one,
    ...two,
    'logs/job1.1': 'log of one, grown',
    'logs/job2.1': 'log of two',
  });
  assert.deepEqual([first.linked, second.linked], [0, 1]);
  assert.equal(inodeOf(blobOf(first.folder, 'one')), inodeOf(blobOf(second.folder, 'one')));
  const modes = readdirSync(second.folder, { recursive: true }).map(
    (name) => statSync(join(second.folder, String(name))).mode & 0o077,
  );
  assert.deepEqual([...new Set(modes)], [0]);
  assert.deepEqual(readdirSync(second.folder).sort(), ['blobs', 'logs', 'manifest.json', 'muster.db', 'muster.mark']);
});

test('a shared file that was damaged is taken from the state again', async (t) => {
  const { add, backup } = await keptState(t);
  await add(1, 'one', 'log');
  const first = await backup();
  writeFileSync(blobOf(first.folder, 'one'), 'onf');
  const second = await backup();
  assert.equal(textsIn(second.folder)[`blobs/${digestOf('one').slice(0, 2)}/${digestOf('one')}`], 'one');
  assert.equal(second.linked, 1);
});

test('so many stay as were asked for, and one that is not whole any more counts for nothing', async (t) => {
  const { add, backup, to } = await keptState(t);
  await add(1, 'one', 'log');
  for (let count = 0; count < 3; count++) await backup(3);
  mkdirSync(join(to, 'of-somebody-else'));
  rmSync(join(to, setOf(3), 'muster.mark'));
  const { damaged, removed } = await backup(2);
  assert.deepEqual({ damaged, removed }, { damaged: [setOf(3)], removed: [setOf(1)] });
  assert.deepEqual(readdirSync(to).sort(), ['.lock', setOf(2), setOf(3), setOf(4), 'of-somebody-else']);
});

test('a blob that the state has lost is named, and such a backup drives out no whole one', async (t) => {
  const { add, backup, state, to } = await keptState(t);
  await add(1, 'one', 'log');
  await backup(1);
  rmSync(blobOf(state, 'one'));
  await backup(1);
  await add(2, 'two', 'log');
  writeFileSync(blobOf(state, 'two'), 'twp');
  const third = await backup(1);
  // The first one still has what the state lost.
  assert.deepEqual(third.manifest.missing, [digestOf('two')]);
  assert.deepEqual(third.removed, []);
  const fourth = await backup(1);
  assert.deepEqual([fourth.removed, readdirSync(to).sort()], [[setOf(3)], ['.lock', setOf(2), setOf(4)]]);
});

test('a database that lost what was acknowledged makes no backup', async (t) => {
  const { add, backup, state, store, to } = await keptState(t);
  await add(1, 'one', 'log');
  copyFileSync(join(await backup().then(({ folder }) => folder), 'muster.db'), join(state, 'old.db'));
  await add(2, 'two', 'log');
  await store.close();
  copyFileSync(join(state, 'old.db'), join(state, 'muster.db'));
  await assert.rejects(backup(), { kind: 'untrusted', message: /is behind its commit mark/ });
  assert.deepEqual(readdirSync(to).sort(), ['.lock', setOf(1)]);
});

test('two at once are one, and the other is told', async (t) => {
  const { add, backup, state, to } = await keptState(t);
  await add(1, 'one', 'log');
  mkdirSync(to);
  const lock = lockFile(join(to, '.lock'));
  const said = await runCommand(['backup', '--to', to], { MUSTER_STATE: state });
  assert.deepEqual(said, {
    code: 6,
    out: '',
    err: `muster-orchestrator: another backup is being made in ${to}; wait for its end\n`,
  });
  lock?.close();
  await backup();
});

test('killed in the middle it leaves nothing that looks whole, and the next one clears that away', async (t) => {
  const { add, backup, state, to } = await keptState(t);
  const large = 'x'.repeat(16 * 1024 * 1024);
  for (let number = 1; number <= 4; number++) await add(number, `${number}${large}`, 'log');
  const args = ['--disable-warning=ExperimentalWarning', mainPath, 'backup', '--to', to];
  const child = spawn(process.execPath, args, { env: { ...compileCache, MUSTER_STATE: state } });
  const exited = once(child, 'exit');
  const names = () => readdirSync(to, { recursive: true }).map(String);
  for (
    const end = performance.now() + 30_000;
    !statSync(to, { throwIfNoEntry: false }) || !names().some((name) => name.includes('blobs/'));
  ) {
    assert.ok(performance.now() < end && child.exitCode === null, 'no file was copied');
    await setTimeout(2);
  }
  child.kill('SIGKILL');
  await exited;
  const left = readdirSync(to).filter((name) => !name.startsWith('.lock'));
  assert.equal(left.length, 1);
  assert.match(left[0] ?? '', /^\.unfinished-/);
  const { folder } = await backup();
  assert.deepEqual(readdirSync(to).sort(), ['.lock', folder.slice(to.length + 1)]);
});
