// Do the programs that read the generated configurations, and the linters for them, find nothing in those of many different specs?
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { configFiles } from '../../stacks/configs/index.ts';
import { writeFiles } from '../../stacks/drivers/files.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { judge, judgeEach, lintedSpecs, needs, writeLinted } from '../support/linted-files.ts';
import { surroundingsIn } from '../support/proxy-specs.ts';
import { clusterOf } from '../support/specs.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-linters-'));
/** As containers see them, but for the folder: what a program looks for is there. */
const real: string[] = [];
/** As they lie under version control. */
let rendered: readonly string[] = [];

before(async () => {
  rendered = await writeLinted(join(folder, 'rendered'));
  const secrets = join(folder, 'secrets');
  await createSecretFiles({ folder: secrets, owner: null, root: null }, [
    { kind: 'authority', path: 'ca', name: 'a' },
    { kind: 'certificate', path: 'proxy/tls', by: 'ca', names: ['a'], use: 'server' },
    { kind: 'password', path: 'p' },
    { kind: 'htpasswd', path: 'proxy/htpasswd', user: 'admin', of: 'p' },
    { kind: 'token', path: 'metrics/token', prefix: 'mm' },
    { kind: 'bearer-map', path: 'proxy/ollama-keys', of: 'metrics/token' },
  ]);
  mkdirSync(join(folder, 'scratch'));
  for (const end of ['crt', 'key']) {
    copyFileSync(join(secrets, `proxy/tls.${end}`), join(folder, `scratch/tls.${end}`));
  }
  for (const [name, text] of lintedSpecs) {
    const at = { ...surroundingsIn(folder, 'containers'), config: (file: string) => join(folder, name, file) };
    const files = configFiles(clusterOf(text), at);
    await writeFiles(join(folder, name), files);
    real.push(...files.map(({ path }) => join(folder, name, path)));
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

const ending = (files: readonly string[], end: string | RegExp): readonly string[] =>
  files.filter((file) => (typeof end === 'string' ? file.endsWith(end) : end.test(file)));

/** The first file of each text. */
function different(files: readonly string[]): readonly string[] {
  return [...new Map(files.map((file) => [readFileSync(file, 'utf8'), file])).values()];
}

test('nginx takes every configuration without a word', needs('nginx'), async () => {
  const files = ending(real, 'nginx.conf');
  const verdicts = await judgeEach(files, (file) => judge('nginx', ['-e', 'stderr', '-t', '-c', file]));
  for (const [file, { said }] of verdicts) {
    const fine = `nginx: the configuration file ${file} syntax is ok\nnginx: configuration file ${file} test is successful\n`;
    assert.equal(said, fine);
  }
  assert.ok(files.length >= 50);
});

/** A token that is buffered is late (NGX6). */
const waivedByStreams = 'proxy_buffering_off';

test('gixy has no finding but the one that streams need', needs('gixy'), async () => {
  const { said } = await judge('gixy', ['-f', 'json', ...different(ending(real, 'nginx.conf'))]);
  const found = JSON.parse(said) as readonly { readonly plugin: string }[];
  assert.ok(found.some(({ plugin }) => plugin === waivedByStreams));
  assert.deepEqual(
    found.filter(({ plugin }) => plugin !== waivedByStreams),
    [],
  );
});

test('promtool finds nothing in Prometheus’ settings and alerts', needs('promtool'), async () => {
  const files = ending(real, 'prometheus/prometheus.yml');
  const { code, said } = await judge('promtool', ['check', 'config', '--lint=all', '--lint-fatal', ...files]);
  assert.equal(code, 0, said);
  assert.equal(said.match(/rules found/g)?.length, files.length);
  assert.doesNotMatch(said, /warn|fail|error/i);
});

test('amtool finds nothing in Alertmanager’s settings', needs('amtool'), async () => {
  const files = ending(real, 'alertmanager/alertmanager.yml');
  const { code, said } = await judge('amtool', ['check-config', ...files]);
  assert.equal(code, 0, said);
  assert.equal(said.match(/SUCCESS/g)?.length, files.length);
});

/** Long lines are texts of people and queries, which no break may change; `---` says nothing in a file of one document. */
const yamlRules =
  'extends: default\nrules: {key-duplicates: enable, line-length: disable, document-start: disable, comments: {ignore: cloud-init/}}\n';

test('yamllint has nothing to say about any YAML', needs('yamllint'), async () => {
  writeFileSync(join(folder, 'yamllint.yaml'), yamlRules);
  const files = different(ending(rendered, /\.ya?ml$/));
  const half = Math.ceil(files.length / 2);
  const lint = (some: readonly string[]) => judge('yamllint', ['-s', '-c', join(folder, 'yamllint.yaml'), ...some]);
  const verdicts = await judgeEach([files.slice(0, half), files.slice(half)], lint);
  for (const verdict of verdicts.values()) assert.deepEqual(verdict, { code: 0, said: '' });
});

test('shellcheck has nothing to say about any script', needs('shellcheck'), async () => {
  // Waived: SC2310, because what stands in a condition may fail there; SC2250 and SC2312 are matters of taste.
  const words = ['-o', 'all', '-S', 'style', '-e', 'SC2250,SC2310,SC2312'];
  const verdict = await judge('shellcheck', [...words, ...different(ending(rendered, '.sh'))]);
  assert.deepEqual(verdict, { code: 0, said: '' });
});

test('each of the linters notices what is wrong', async () => {
  const wrong = {
    'a.yml': ['yamllint', ['-s'], '"a": 1\n"a": 2\n'],
    'a.sh': ['shellcheck', [], '#!/bin/sh\nrm $1\n'],
    'a.conf': ['gixy', ['-f', 'json'], 'events {}\nhttp { server { location / { proxy_pass http://$arg_x; } } }\n'],
    'nginx.conf': ['nginx', ['-e', 'stderr', '-t', '-c'], 'events {}\nhttp { server { listne 80; } }\n'],
    'am.yml': ['amtool', ['check-config'], 'route: {receiver: nobody}\n'],
    'pm.yml': ['promtool', ['check', 'config'], 'scrape_configs: [{job_nam: a}]\n'],
  } as const;
  for (const [name, [program, args, text]] of Object.entries(wrong)) {
    if (needs(program).skip !== undefined) continue;
    writeFileSync(join(folder, name), text);
    const { code } = await judge(program, [...args, join(folder, name)]);
    assert.notEqual(code, 0, program);
  }
});
