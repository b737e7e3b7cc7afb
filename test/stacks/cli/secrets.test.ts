// Can a person see which secrets there are, set his own, and trust the certificate, without a value being shown?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, test } from 'node:test';
import { readValue } from '../../../stacks/cli/secrets/value.ts';
import { ownFolder } from '../../support/folder.ts';
import { root } from '../../support/sources.ts';
import { ownPlace } from './support.ts';

const place = await ownPlace();
after(() => place.clear());
const folder = join(place.home, 'secrets');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** `muster secrets set NAME` with a value on its standard input. */
function set(name: string, value: string) {
  const main = join(root, 'stacks/cli/main.ts');
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'secrets', 'set', name],
    { encoding: 'utf8', env: { ...process.env, MUSTER_HOME: place.home }, input: value },
  );
  return { status, stderr, stdout };
}

test('what cannot be set is refused with what to do, and nothing is written', async () => {
  const refused = [
    [
      ['set', 'proxy/htpasswd'],
      4,
      /proxy\/htpasswd is not set by hand\n {3}→ set proxy\/password, which it follows from/,
    ],
    [['set', 'proxy/tls'], 4, /not set by hand\n {3}→ change what it is for in cluster\.yaml/],
    [['set', 'ollama/keys'], 2, /the cluster has no secret ollama\/keys\n {3}→ did you mean ollama\/key\?/],
    [['set', '../admin'], 2, /the cluster has no secret \.\.\/admin/],
    [['trust'], 4, /there is no authority yet .*\n {3}→ muster up makes it/],
  ] as const;
  for (const [args, code, said] of refused) {
    const answer = await place.muster('secrets', ...args);
    assert.equal(answer.code, code, `${args} ${answer.stderr}`);
    assert.match(answer.stderr, said);
  }
  assert.equal(existsSync(folder), false);
});

test('a value is one line, and a token has the characters of one', async () => {
  const io = { stdout: new Writable(), stderr: new Writable(), env: {}, root, cwd: root };
  const given = (value: string, isToken: boolean) => readValue(io, 'a/b', isToken, Readable.from([value]));
  assert.equal(await given('one of my own\r\n', false), 'one of my own');
  for (const value of ['', '\n', 'two\nlines', 'a\u001b[31m', 'a\u2028b', 'x'.repeat(4097)])
    await assert.rejects(given(value, false), /expected one line/, value);
  assert.equal(await given('0123456789abcdef==', true), '0123456789abcdef==');
  for (const value of ['short', 'with spaces in its midst', '0123456789abcdef"', '$0123456789abcdef'])
    await assert.rejects(given(value, true), /expected 16 to 512 letters/, value);
});

test('the list names every secret with its state and never a value; what follows from a set one is made anew', async () => {
  type Listed = { readonly secrets: readonly { readonly path: string; readonly state: string }[] };
  const { secrets } = await place.json<Listed>('secrets', 'list', '--json');
  const paths = secrets.map(({ path }) => path);
  for (const path of ['admin', 'authority/ca', 'ollama/key', 'proxy/htpasswd', 'proxy/tls'])
    assert.ok(paths.includes(path), path);
  const key = 'a-key-of-my-own-0123456789';
  assert.deepEqual(set('ollama/key', key), { status: 0, stderr: '', stdout: 'set ollama/key\n' });
  assert.equal(read('ollama/key'), `${key}\n`);
  assert.equal(statSync(join(folder, 'ollama/key')).mode & 0o777, 0o600);
  assert.ok(read('proxy/ollama-keys').includes(key));
  assert.equal(
    set('grafana/admin-password', 'secret\n').stdout,
    'set grafana/admin-password\nnext:  restart what read it at its start: grafana\n',
  );
  const { stdout } = await place.muster('secrets');
  assert.match(stdout, /^proxy\/tls +ends 20\d\d-\d\d-\d\d +certificate by authority\/ca$/m);
  assert.match(stdout, /^proxy\/htpasswd +there +follows from proxy\/password$/m);
  for (const name of ['admin', 'proxy/password', 'ollama/key', 'proxy/htpasswd'])
    assert.ok(!stdout.includes(read(name).trim()), name);
});

test('the command that trusts the authority runs as it is printed', async (t) => {
  const [, command = ''] = (await place.muster('secrets', 'trust')).stdout.split('\n');
  assert.ok(command.includes(join(folder, 'authority/ca.crt')), command);
  const fakes = ownFolder(t);
  for (const name of ['install', 'update-ca-certificates', 'sudo', 'trust', 'security'])
    writeFileSync(join(fakes, name), `#!/bin/sh\necho "${name} $*"\n${name === 'sudo' ? 'exec "$@"' : ''}\n`, {
      mode: 0o755,
    });
  const ran = spawnSync('sh', ['-c', command], { encoding: 'utf8', env: { PATH: `${fakes}:${process.env.PATH}` } });
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /^(sudo .*\n)?(install -m 644|trust anchor|security add-trusted-cert) .*ca\.crt/);
});
