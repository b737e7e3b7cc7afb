// Does an old Node find the pinned one, once, whoever asks at the same time? npm is a stand-in that copies this Node.
import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../../support/folder.ts';
import { root } from '../../support/sources.ts';

// By a computed path: plain JavaScript has no types that the compiler could ask for.
const { findNode, isNewEnough } = await import(join(root, 'stacks/cli/node/find.js'));

/** A cache and a PATH whose npm notes each call and, unless told to fail, installs a Node that runs. */
function place(t: TestContext, failure = '') {
  const folder = ownFolder(t);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const binary = `node_modules/node-linux-${process.arch}/bin`;
  const install = `mkdir -p ${binary} && ln -s '${process.execPath}' ${binary}/node`;
  const script = `#!/bin/sh\necho "$*" >>'${folder}/calls'\n${failure || install}\n`;
  writeFileSync(join(bin, 'npm'), script);
  chmodSync(join(bin, 'npm'), 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}`, MUSTER_CACHE: join(folder, 'cache') };
  const calls = () =>
    existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').split('\n').length - 1 : 0;
  return { env, calls, cache: join(folder, 'cache', 'muster') };
}

test('22.18 is the first Node that is new enough', () => {
  const answers = ['v20.19.0', 'v22.17.9', 'v22.18.0', 'v23.0.0', 'v24.21.0', 'v100.0.0'].map(isNewEnough);
  deepStrictEqual(answers, [false, false, true, true, true, true]);
});

test('a Node that is new enough is used as it is, and nothing is fetched', async (t) => {
  const { calls, env } = place(t);
  strictEqual(await findNode({ env, version: 'v24.0.0', own: '/opt/node' }), '/opt/node');
  strictEqual(calls(), 0);
});

test('an old Node fetches the pinned one once and finds it the next time', async (t) => {
  const { cache, calls, env } = place(t);
  const path = await findNode({ env, version: 'v20.1.0' });
  match(path, /\/muster\/node-24\.21\.0\/node_modules\/node-linux-[a-z0-9]+\/bin\/node$/);
  strictEqual(await findNode({ env, version: 'v20.1.0' }), path);
  strictEqual(calls(), 1);
  deepStrictEqual(readdirSync(cache), ['node-24.21.0']);
});

test('two that fetch at the same time both get it and leave no draft behind', async (t) => {
  const { cache, env } = place(t);
  const [one, two] = await Promise.all([findNode({ env, version: 'v20.1.0' }), findNode({ env, version: 'v20.1.0' })]);
  strictEqual(one, two);
  ok(existsSync(one));
  deepStrictEqual(readdirSync(cache), ['node-24.21.0']);
});

test('a failed fetch says what npm said, leaves nothing, and the next one can succeed', async (t) => {
  const { cache, env } = place(t, "echo 'npm error code ENOTFOUND' >&2; exit 1");
  await rejects(findNode({ env, version: 'v20.1.0' }), /ENOTFOUND/);
  deepStrictEqual(readdirSync(cache), []);
});

test('a pinned Node that does not run here is refused with the reason', async (t) => {
  const bin = `node_modules/node-linux-${process.arch}/bin`;
  const broken = `mkdir -p ${bin} && printf '#!/bin/sh\\necho no such loader >&2; exit 127\\n' >${bin}/node && chmod +x ${bin}/node`;
  const { cache, env } = place(t, broken);
  await rejects(findNode({ env, version: 'v20.1.0' }), /does not run here: no such loader/);
  deepStrictEqual(readdirSync(cache), []);
});

test('another platform is told in one sentence', async (t) => {
  const { env } = place(t);
  await rejects(findNode({ env, version: 'v20.1.0', platform: 'darwin', arch: 'arm64' }), /not for darwin on arm64/);
  await rejects(findNode({ env, version: 'v20.1.0', platform: 'linux', arch: 'riscv64' }), /not for linux on riscv64/);
});
