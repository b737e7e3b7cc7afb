// Are secrets long, private, made once and changed only with what they follow from?
import { deepStrictEqual, match, notStrictEqual, rejects, strictEqual } from 'node:assert';
import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SecretFile } from '../../../stacks/catalog/types.ts';
import { createSecretFiles, createSecretFolders, type SecretsPlace } from '../../../stacks/drivers/secret-files.ts';
import { readSecret, secretsOwner } from '../../../stacks/drivers/secrets.ts';
import { ownFolder } from '../../support/folder.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

function placeOf(t: TestContext): SecretsPlace {
  return { folder: join(ownFolder(t), 'secrets'), owner: null, root: null };
}

const token = (path: string, prefix = 'mk'): SecretFile => ({ kind: 'token', path, prefix });
const proxy: readonly SecretFile[] = [
  { kind: 'password', path: 'proxy/password' },
  { kind: 'htpasswd', path: 'proxy/htpasswd', user: 'admin', of: 'proxy/password' },
  token('ollama/key', 'mo'),
  { kind: 'bearer-map', path: 'proxy/ollama-keys', of: 'ollama/key' },
  { kind: 'copy', path: 'open-webui/key', of: 'ollama/key' },
];

test('tokens of 256 bits and passwords of 192, for their owner only', async (t) => {
  const place = placeOf(t);
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const { made } = await createSecretFiles(place, [token('admin'), token('classes/a/token', 'mc'), ...proxy]);
  deepStrictEqual(made, [
    'admin',
    'classes/a/token',
    'proxy/password',
    'proxy/htpasswd',
    'ollama/key',
    'proxy/ollama-keys',
    'open-webui/key',
  ]);
  const paths = made.map((path) => join(place.folder, path));
  deepStrictEqual([...new Set(paths.map(modeOf))], ['600']);
  deepStrictEqual([...new Set(paths.map((path) => modeOf(dirname(path))))], ['700']);
  const [admin, member, password, htpasswd, key, map, copy] = paths.map((path) => readSecret(path) ?? '');
  match(admin as string, /^mk_[A-Za-z0-9_-]{43}$/);
  match(member as string, /^mc_[A-Za-z0-9_-]{43}$/);
  notStrictEqual(admin?.slice(3), member?.slice(3));
  match(password as string, /^[A-Za-z0-9_-]{32}$/);
  match(htpasswd as string, /^admin:\{SSHA\}[A-Za-z0-9+/]{38}==$|^admin:\{SSHA\}[A-Za-z0-9+/]+=*$/);
  strictEqual(map, `"~^[Bb]earer ${key}$" 1;`);
  strictEqual(copy, key);
  deepStrictEqual(readdirSync(join(place.folder, 'proxy')).sort(), ['htpasswd', 'ollama-keys', 'password']);
});

test('a second use makes what is missing and changes nothing', async (t) => {
  const place = placeOf(t);
  await createSecretFiles(place, [token('admin'), ...proxy]);
  const before = readSecret(join(place.folder, 'admin'));
  const again = await createSecretFiles(place, [token('admin'), ...proxy, token('classes/c/token')]);
  deepStrictEqual(again, { made: ['classes/c/token'], left: [] });
  strictEqual(readSecret(join(place.folder, 'admin')), before);
});

test('what follows from a secret is made anew with it', async (t) => {
  const place = placeOf(t);
  await createSecretFiles(place, proxy);
  writeFileSync(join(place.folder, 'proxy/password'), 'another\n');
  rmSync(join(place.folder, 'ollama/key'));
  deepStrictEqual(await createSecretFiles(place, proxy), {
    made: ['proxy/htpasswd', 'ollama/key', 'proxy/ollama-keys', 'open-webui/key'],
    left: [],
  });
  deepStrictEqual(await createSecretFiles(place, proxy), { made: [], left: [] });
});

test('a key that could leave the map of nginx is refused', async (t) => {
  const place = placeOf(t);
  await createSecretFiles(place, proxy);
  for (const hostile of [
    'short',
    '" 1; } server {aaaaaaaaaaaa',
    'aaaaaaaaaaaaaaaaaaaa|.*',
    'aaaaaaaaaaaaaaaaaaaa\n"x" 1;',
  ]) {
    writeFileSync(join(place.folder, 'ollama/key'), hostile);
    await rejects(createSecretFiles(place, proxy), /^Error: ollama\/key: expected a bearer token of 16 to 512/);
  }
});

test('a file that the user names is copied and followed; where it is not at hand it is left', async (t) => {
  const place = placeOf(t);
  const root = ownFolder(t);
  const files: readonly SecretFile[] = [{ kind: 'given', path: 'proxy/tls.crt', source: 'certs/site.pem' }];
  deepStrictEqual(await createSecretFiles(place, files), { made: [], left: ['proxy/tls.crt'] });
  await rejects(
    createSecretFiles({ ...place, root }, files),
    /expected the file .*certs\/site\.pem for proxy\/tls\.crt/,
  );
  const { createFolder } = await import('../../../stacks/drivers/private-files.ts');
  createFolder(join(root, 'certs'));
  writeFileSync(join(root, 'certs/site.pem'), 'one\n');
  deepStrictEqual(await createSecretFiles({ ...place, root }, files), { made: ['proxy/tls.crt'], left: [] });
  deepStrictEqual(await createSecretFiles(place, files), { made: [], left: [] });
  writeFileSync(join(root, 'certs/site.pem'), 'two\n');
  deepStrictEqual((await createSecretFiles({ ...place, root }, files)).made, ['proxy/tls.crt']);
  strictEqual(readSecret(join(place.folder, 'proxy/tls.crt')), 'two');
});

test('a name that leaves the folder is refused', async (t) => {
  await rejects(createSecretFiles(placeOf(t), [token('../outside')]), /leaves/);
});

test('root gives them to the user of the images, anybody else keeps them', () => {
  deepStrictEqual([secretsOwner(0), secretsOwner(1000)], [10001, 1000]);
});

test('files and folders belong to the owner, the home does not', {
  skip: process.getuid?.() === 0 ? false : 'needs root',
}, async (t) => {
  const home = ownFolder(t);
  chmodSync(home, 0o700);
  await createSecretFiles({ folder: join(home, 'secrets'), owner: 10001, root: null }, [token('admin'), ...proxy]);
  const owners = [
    home,
    ...['', 'admin', 'proxy', 'proxy/htpasswd', 'ollama/key'].map((path) => join(home, 'secrets', path)),
  ];
  deepStrictEqual(
    owners.map((path) => statSync(path).uid),
    [0, 10001, 10001, 10001, 10001, 10001],
  );
});

test('folders can be made without files', (t) => {
  const place = placeOf(t);
  createSecretFolders(place, [token('admin'), token('classes/a/token')]);
  strictEqual(existsSync(join(place.folder, 'classes/a')), true);
  strictEqual(readSecret(join(place.folder, 'admin')), null);
});
