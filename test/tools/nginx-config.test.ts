// Do nginx, gixy and shellcheck find nothing in any file of the proxy?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { proxy } from '../../stacks/configs/proxy.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { noNginx } from '../support/proxy-bench.ts';
import { proxySpecs, surroundingsIn } from '../support/proxy-specs.ts';
import { clusterOf } from '../support/specs.ts';

const env = cleanEnvironment();
const absent = (program: string): string | false =>
  spawnSync(program, ['--version'], { env }).error === undefined ? false : `${program} is absent`;
const kinds = ['containers', 'processes'] as const;

/** Every file of every spec, one folder each, with the secrets that nginx looks for. */
async function written(t: TestContext): Promise<readonly string[]> {
  const root = ownFolder(t);
  const secrets = join(root, 'secrets');
  await createSecretFiles({ folder: secrets, owner: null, root: null }, [
    { kind: 'authority', path: 'ca', name: 'a' },
    { kind: 'certificate', path: 'proxy/tls', by: 'ca', names: ['a'], use: 'server' },
    { kind: 'password', path: 'p' },
    { kind: 'htpasswd', path: 'proxy/htpasswd', user: 'admin', of: 'p' },
    { kind: 'token', path: 'k', prefix: 'mo' },
    { kind: 'bearer-map', path: 'proxy/ollama-keys', of: 'k' },
  ]);
  mkdirSync(join(root, 'scratch'));
  for (const end of ['crt', 'key']) copyFileSync(join(secrets, `proxy/tls.${end}`), join(root, `scratch/tls.${end}`));
  return proxySpecs.flatMap((spec, index) =>
    kinds.map((kind) => {
      const at = surroundingsIn(root, kind);
      const folder = join(root, `${index}-${kind}`);
      mkdirSync(join(folder, 'proxy'), { recursive: true });
      for (const { path, text } of proxy.render(clusterOf(spec), at)) writeFileSync(join(folder, path), text);
      return join(folder, 'proxy');
    }),
  );
}

test('nginx takes every configuration without a word', { skip: noNginx() }, async (t) => {
  for (const folder of await written(t)) {
    const file = join(folder, 'nginx.conf');
    const { stderr } = spawnSync('nginx', ['-e', 'stderr', '-t', '-c', file], { env, encoding: 'utf8' });
    assert.equal(
      stderr,
      `nginx: the configuration file ${file} syntax is ok\nnginx: configuration file ${file} test is successful\n`,
    );
  }
});

test('gixy has no finding but the one that streams need', { skip: absent('gixy') }, async (t) => {
  const files = (await written(t)).map((folder) => join(folder, 'nginx.conf'));
  // Waived: proxy_buffering_off, because a token that is buffered is late (NGX6).
  const { stdout } = spawnSync('gixy', ['--skips', 'proxy_buffering_off', '-f', 'json', ...files], {
    env,
    encoding: 'utf8',
  });
  assert.deepEqual(JSON.parse(stdout), []);
});

test('gixy notices a host that the client chooses', { skip: absent('gixy') }, async (t) => {
  const [folder = ''] = await written(t);
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/proxy_pass [^;]+;/, 'proxy_pass http://$arg_host;'));
  const { stdout } = spawnSync('gixy', ['-f', 'json', file], { env, encoding: 'utf8' });
  assert.match(stdout, /ssrf/);
});

test('shellcheck has nothing to say about any start script', { skip: absent('shellcheck') }, async (t) => {
  const files = (await written(t)).map((folder) => join(folder, 'start.sh'));
  const { stdout } = spawnSync('shellcheck', ['-o', 'all', '-S', 'style', '-e', 'SC2250,SC2312', ...files], {
    encoding: 'utf8',
  });
  assert.equal(stdout, '');
});
