// Are secrets long, private, made once and never changed?
import { deepStrictEqual, match, notStrictEqual, strictEqual } from 'node:assert';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  adminKeyFile,
  classTokenFile,
  createSecretFolders,
  createSecrets,
  readSecret,
  secretsOwner,
} from '../../../stacks/drivers/secrets.ts';
import { ownFolder } from '../../support/folder.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('the admin key and one token per class, 256 bits each, for their owner only', (t) => {
  const home = ownFolder(t);
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const created = createSecrets(home, ['a', 'b'], null);
  deepStrictEqual(created, [adminKeyFile(home), classTokenFile(home, 'a'), classTokenFile(home, 'b')]);
  deepStrictEqual(created.map(modeOf), ['600', '600', '600']);
  deepStrictEqual([...new Set(created.map((path) => modeOf(dirname(path))))], ['700']);
  match(readSecret(adminKeyFile(home)) ?? '', /^mk_[A-Za-z0-9_-]{43}$/);
  match(readSecret(classTokenFile(home, 'a')) ?? '', /^mc_[A-Za-z0-9_-]{43}$/);
  notStrictEqual(readSecret(classTokenFile(home, 'a')), readSecret(classTokenFile(home, 'b')));
});

test('a second use makes what is missing and changes nothing', (t) => {
  const home = ownFolder(t);
  createSecrets(home, ['a'], null);
  const before = readSecret(classTokenFile(home, 'a'));
  deepStrictEqual(createSecrets(home, ['a', 'c'], null), [classTokenFile(home, 'c')]);
  strictEqual(readSecret(classTokenFile(home, 'a')), before);
});

test('root gives them to the user of the images, anybody else keeps them', () => {
  deepStrictEqual([secretsOwner(0), secretsOwner(1000)], [10001, 1000]);
});

test('files and folders belong to the owner, the home does not', {
  skip: process.getuid?.() === 0 ? false : 'needs root',
}, (t) => {
  const home = ownFolder(t);
  chmodSync(home, 0o700);
  createSecrets(home, ['a'], 10001);
  const owners = [
    home,
    join(home, 'secrets'),
    adminKeyFile(home),
    join(home, 'secrets/classes'),
    classTokenFile(home, 'a'),
  ];
  deepStrictEqual(
    owners.map((path) => statSync(path).uid),
    [0, 10001, 10001, 10001, 10001],
  );
});

test('folders can be made without files', (t) => {
  const home = ownFolder(t);
  createSecretFolders(home, ['a'], process.getuid?.() ?? 0);
  strictEqual(existsSync(join(home, 'secrets/classes/a')), true);
  strictEqual(readSecret(adminKeyFile(home)), null);
});
