// Does `muster dask run` compute on a real Dask, and is the sum the same as without it?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { address, PythonTalk, startScheduler, startWorker, whyNoDask } from '../support/dask.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import type { LocalStack } from '../support/local-stack.ts';

const skip = whyNoDask() ?? false;
const root = join(import.meta.dirname, '../..');
const letters = 'stacks/examples/dask-letters/letters.py';
const licenses = '/usr/share/common-licenses';

function run(stack: LocalStack, ...args: readonly string[]) {
  const env = { ...cleanEnvironment(), DASK_SCHEDULER_ADDRESS: `tcp://${address(stack)}` };
  const words = ['--disable-warning=ExperimentalWarning', join(root, 'stacks/cli/main.ts'), 'dask', 'run', ...args];
  const { status, stderr, stdout } = spawnSync(process.execPath, words, { cwd: root, env, encoding: 'utf8' });
  return { status, stderr, lines: stdout.trimEnd().split('\n') };
}

function lettersIn(folder: string): number {
  const files = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8').toLowerCase());
  return texts.reduce((sum, text) => sum + [...text.matchAll(/\p{L}/gu)].length, 0);
}

test('letters of real texts are counted on the workers, as many as without Dask', { skip }, async (t) => {
  const stack = await startScheduler(t, 'name: a\nservices: {dask: {workers: {a: {memory: 1GiB}, b: {memory: 1GiB}}}}');
  for (const name of ['a', 'b']) startWorker(stack, name);
  const script = 'from dask.distributed import Client; Client().wait_for_workers(2, timeout=60); print(1)';
  assert.equal(await new PythonTalk(t, script, { DASK_SCHEDULER_ADDRESS: `tcp://${address(stack)}` }).next(), 1);

  const { lines, status, stderr } = run(stack, letters);
  assert.equal(status, 0, stderr);
  assert.equal(lines.at(-1), 'equal');
  assert.match(lines.at(-2) ?? '', /^\d+ texts on 2 processes in [\d.]+ s$/);
  const all = lettersIn(licenses).toLocaleString('en');
  assert.deepEqual(lines.at(-3)?.split(/ +/), ['all', all, all]);

  const folder = join(ownFolder(t), 'own');
  mkdirSync(folder);
  writeFileSync(join(folder, 'one'), 'Ää bB\n');
  const own = run(stack, letters, folder);
  assert.deepEqual(
    [own.status, own.lines.slice(0, 4).map((line) => line.split(/ +/))],
    [
      0,
      [
        ['letter', 'on', 'Dask', 'here'],
        ['ä', '2', '2'],
        ['b', '2', '2'],
        ['all', '4', '4'],
      ],
    ],
  );

  const failing = join(ownFolder(t), 'failing.py');
  writeFileSync(failing, 'import sys\nprint(sys.argv[1:])\nsys.exit(7)\n');
  const { status: code, lines: said } = run(stack, failing, '--an-option', 'a b', '$HOME');
  assert.deepEqual([code, said], [7, ["['--an-option', 'a b', '$HOME']"]]);
});
