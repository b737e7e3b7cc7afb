// Is exactly what the lock says installed, once, and is nothing of another group removed? npm is a stand-in.
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../../support/folder.ts';
import { root as ownRoot } from '../../support/sources.ts';

// By a computed path: plain JavaScript has no types that the compiler could ask for.
const { ensureInstalled, missingPackages } = await import(join(ownRoot, 'stacks/cli/setup.js'));

const lock = {
  packages: {
    '': { name: 'muster' },
    'node_modules/zod': { version: '4.0.0' },
    'node_modules/biome': { version: '2.0.0', dev: true },
    'node_modules/biome-darwin': { version: '2.0.0', dev: true, optional: true },
  },
};
const runOnly = { packages: { 'node_modules/zod': { version: '4.0.0' } } };
const everything = { packages: { ...runOnly.packages, 'node_modules/biome': { version: '2.0.0', dev: true } } };

/** A clone whose npm notes its arguments and installs what they ask for; `broken` installs nothing. */
function clone(t: TestContext, broken = false) {
  const root = ownFolder(t);
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
  const write = (value: unknown) => `echo '${JSON.stringify(value)}' >node_modules/.package-lock.json`;
  const install = `case "$*" in *omit=dev*) ${write(runOnly)} ;; *) ${write(everything)} ;; esac`;
  const body = broken ? '' : `mkdir -p node_modules && ${install}`;
  writeFileSync(join(root, 'bin', 'npm'), `#!/bin/sh\necho "$1 $2 $3" >>calls\n${body}\n`);
  chmodSync(join(root, 'bin', 'npm'), 0o755);
  const env = { PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  const calls = () =>
    existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];
  return { root, env, calls };
}

test('running needs no development package, and packages of other platforms are never missing', (t) => {
  const { root } = clone(t);
  deepStrictEqual(missingPackages(root, 'run'), ['zod 4.0.0']);
  deepStrictEqual(missingPackages(root, 'test'), ['zod 4.0.0', 'biome 2.0.0']);
});

test('an empty clone is installed once and linked for npx', async (t) => {
  const { calls, env, root } = clone(t);
  await ensureInstalled(root, 'run', env);
  await ensureInstalled(root, 'run', env);
  deepStrictEqual(calls(), ['ci --omit=dev --ignore-scripts']);
  strictEqual(readlinkSync(join(root, 'node_modules/.bin/muster')), '../../stacks/cli/muster.js');
});

test('what tests need is added to what running needs, and running again removes nothing', async (t) => {
  const { calls, env, root } = clone(t);
  await ensureInstalled(root, 'run', env);
  await ensureInstalled(root, 'test', env);
  await ensureInstalled(root, 'run', env);
  deepStrictEqual(calls(), ['ci --omit=dev --ignore-scripts', 'install --no-save --include=dev']);
  deepStrictEqual(missingPackages(root, 'test'), []);
});

test('a changed lock keeps the group that is there', async (t) => {
  const { calls, env, root } = clone(t);
  await ensureInstalled(root, 'test', env);
  const newer = { packages: { ...everything.packages, 'node_modules/zod': { version: '3.9.0' } } };
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify(newer));
  await ensureInstalled(root, 'run', env);
  deepStrictEqual(calls().at(-1), 'install --no-save --include=dev');
});

test('two at once install once', async (t) => {
  const { calls, env, root } = clone(t);
  await Promise.all([ensureInstalled(root, 'run', env), ensureInstalled(root, 'run', env)]);
  strictEqual(calls().length, 1);
});

test('a lock whose process is gone is taken over', async (t) => {
  const { calls, env, root } = clone(t);
  mkdirSync(join(root, '.muster'));
  writeFileSync(join(root, '.muster', 'setup.lock'), '2147483646');
  await ensureInstalled(root, 'run', env);
  strictEqual(calls().length, 1);
  ok(!existsSync(join(root, '.muster', 'setup.lock')));
});

test('an npm that installs something else is told, not believed', async (t) => {
  const { env, root } = clone(t, true);
  await rejects(ensureInstalled(root, 'run', env), /npm did not install what package-lock.json says: zod 4.0.0/);
});
