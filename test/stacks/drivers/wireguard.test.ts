// Does each host of a private network get a key of its own and the public keys of the others, and no more?
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createSecretFiles } from '../../../stacks/drivers/secret-files.ts';
import { newWireguardKey, wireguardPublicKey } from '../../../stacks/drivers/wireguard.ts';
import { rackSecretFiles, type SecretFile } from '../../../stacks/index.ts';
import { ownFolder } from '../../support/folder.ts';
import { clusterOf } from '../../support/specs.ts';

const hosts = (more = ''): string => `
name: a
workers: {w: {}}
rack:
  network: {kind: wireguard, subnet: 10.90.0.0/24, port: 4000}
  hosts:
    n1: {address: 192.0.2.1, wireguard: 10.90.0.1, runs: [orchestrator]}
    n2: {address: 192.0.2.2, wireguard: 10.90.0.2, endpoint: 198.51.100.9:7, runs: [w]}
    n3: {address: 192.0.2.3, wireguard: 10.90.0.3, endpoint: none, runs: [w]}${more}`;

const filesOf = (text: string): readonly SecretFile[] =>
  rackSecretFiles(clusterOf(text)).filter(({ path }) => path.startsWith('wireguard/'));

function place(context: TestContext) {
  const folder = ownFolder(context);
  const read = (name: string): string => readFileSync(join(folder, 'wireguard', name), 'utf8');
  const make = async (text = hosts()) =>
    (await createSecretFiles({ folder, owner: null, root: folder }, filesOf(text))).made;
  return { folder: join(folder, 'wireguard'), make, read };
}

test('the public key is the one that WireGuard makes of a private one', () => {
  // RFC 7748, section 6.1
  const secret = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
  const known = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
  assert.equal(wireguardPublicKey(base64(secret)), base64(known));
  const key = newWireguardKey();
  assert.notEqual(newWireguardKey(), key);
  for (const wrong of ['', 'a', key.slice(1), `${key}A`, `${key.slice(0, -1)}!`])
    assert.equal(wireguardPublicKey(wrong), null);
});

test('a host gets its private key, and of each other one the public key, its address and where it is reached', async (context) => {
  const { folder, make, read } = place(context);
  await make();
  const publicKey = (host: string) => wireguardPublicKey(read(`${host}.key`).trim());
  assert.equal(
    read('n1'),
    [
      ...['[Interface]', `PrivateKey = ${read('n1.key').trim()}`, 'ListenPort = 4000', ''],
      ...['# n2', '[Peer]', `PublicKey = ${publicKey('n2')}`, 'AllowedIPs = 10.90.0.2/32'],
      ...['Endpoint = 198.51.100.9:7', 'PersistentKeepalive = 25', ''],
      ...['# n3', '[Peer]', `PublicKey = ${publicKey('n3')}`, 'AllowedIPs = 10.90.0.3/32'],
      ...['PersistentKeepalive = 25', ''],
    ].join('\n'),
  );
  assert.match(read('n3'), /^Endpoint = 192\.0\.2\.1:4000$/m);
  for (const name of readdirSync(folder)) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
    for (const host of ['n1', 'n2', 'n3'].filter((each) => each !== name.replace('.key', '')))
      assert.ok(!read(name).includes(read(`${host}.key`).trim()), `${name} holds the private key of ${host}`);
  }
});

test('a key that was removed is made anew, and so is what follows from it; the rest stays', async (context) => {
  const { folder, make, read } = place(context);
  await make();
  assert.deepEqual(await make(), []);
  const before = read('n3.key');
  rmSync(join(folder, 'n2.key'));
  assert.deepEqual(await make(), ['wireguard/n2.key', 'wireguard/n1', 'wireguard/n2', 'wireguard/n3']);
  assert.equal(read('n3.key'), before);
});

test('a further host is a further peer of those that are there', async (context) => {
  const { make, read } = place(context);
  await make();
  const before = read('n1');
  const made = await make(hosts('\n    n0: {address: 192.0.2.9, wireguard: 10.90.0.9, runs: [w]}'));
  assert.deepEqual(
    made,
    ['n0.key', 'n0', 'n1', 'n2', 'n3'].map((name) => `wireguard/${name}`),
  );
  const added = read('n1').slice(read('n1').indexOf('# n0'), read('n1').indexOf('# n2'));
  assert.equal(read('n1').replace(added, ''), before);
});

test('what is no key is said, with what to do', async (context) => {
  const { folder, make } = place(context);
  await make();
  writeFileSync(join(folder, 'n2.key'), 'no key\n');
  await assert.rejects(make(), {
    message: 'wireguard/n2.key: expected 32 bytes in base64, got another text; remove the file, and a new key is made',
  });
});

test('no secret of the network is there without it', () => {
  assert.deepEqual(
    filesOf(
      hosts()
        .replace(/ {2}network:.*\n/, '')
        .replaceAll(/ (?:wireguard|endpoint): [^,]+,/g, ''),
    ),
    [],
  );
});
