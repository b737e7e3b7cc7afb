// Does OpenSSL take the certificates, for these names and uses only, and are they renewed when they must be?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SecretFile } from '../../../stacks/catalog/types.ts';
import { stillDoes } from '../../../stacks/drivers/certificate-check.ts';
import { issueAuthority, issueCertificate, newKey } from '../../../stacks/drivers/certificates.ts';
import { createSecretFiles } from '../../../stacks/drivers/secret-files.ts';
import { ownFolder } from '../../support/folder.ts';

const dayMs = 86_400_000;
const authority: SecretFile = { kind: 'authority', path: 'authority/ca', name: 'home' };

function certificate(names: readonly string[], use: 'server' | 'server-and-client' = 'server'): SecretFile {
  return { kind: 'certificate', path: 'proxy/tls', by: 'authority/ca', names, use };
}

async function made(t: TestContext, files: readonly SecretFile[], folder = ownFolder(t)) {
  const { made } = await createSecretFiles({ folder, owner: null, root: null }, files);
  return { folder, made, ca: join(folder, 'authority/ca.crt'), leaf: join(folder, 'proxy/tls.crt') };
}

/** The exit code of `openssl verify` under its strictest rules. */
function verify(ca: string, leaf: string, ...rules: readonly string[]): number | null {
  return spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', ca, ...rules, leaf]).status;
}

test('a server certificate holds for its names and this machine, not for others and not for a client', async (t) => {
  const { ca, leaf } = await made(t, [authority, certificate(['home.localhost', 'localhost', '192.168.1.7'])]);
  const names = ['home.localhost', 'localhost'].map((name) => verify(ca, leaf, '-verify_hostname', name));
  const addresses = ['127.0.0.1', '::1', '192.168.1.7'].map((ip) => verify(ca, leaf, '-verify_ip', ip));
  deepStrictEqual([verify(ca, leaf, '-purpose', 'sslserver'), ...names, ...addresses], [0, 0, 0, 0, 0, 0]);
  const refused = [
    verify(ca, leaf, '-verify_hostname', 'evil.example'),
    verify(ca, leaf, '-verify_ip', '192.168.1.8'),
    verify(ca, leaf, '-purpose', 'sslclient'),
  ];
  deepStrictEqual(refused, [2, 2, 2]);
});

test('a certificate for both uses serves and signs in', async (t) => {
  const { ca, leaf } = await made(t, [authority, certificate(['dask-scheduler'], 'server-and-client')]);
  deepStrictEqual([verify(ca, leaf, '-purpose', 'sslserver'), verify(ca, leaf, '-purpose', 'sslclient')], [0, 0]);
});

test('the authority lasts ten years and signs leaves only; a leaf lasts 397 days and signs nothing', async (t) => {
  const { ca, folder, leaf } = await made(t, [authority, certificate(['home.localhost'])]);
  const days = (path: string) => {
    const { validFrom, validTo } = new X509Certificate(readFileSync(path));
    return (Date.parse(validTo) - Date.parse(validFrom)) / dayMs;
  };
  deepStrictEqual([days(ca), days(leaf)], [3652, 397]);
  const text = execFileSync('openssl', ['x509', '-in', ca, '-noout', '-text'], { encoding: 'utf8' });
  match(text, /CA:TRUE, pathlen:0/);
  match(text, /Certificate Sign, CRL Sign/);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const by = { certificate: read('proxy/tls.crt'), key: read('proxy/tls.key') };
  const below = await issueCertificate({ names: ['x'], use: 'server', key: newKey() }, by, new Date());
  writeFileSync(join(folder, 'below.crt'), below);
  strictEqual(verify(ca, join(folder, 'below.crt'), '-untrusted', leaf), 2);
});

test('other names, another authority or a lost key make a new certificate; nothing else does', async (t) => {
  const { folder, leaf, made: first } = await made(t, [authority, certificate(['a', 'b'])]);
  deepStrictEqual(first, ['authority/ca', 'proxy/tls']);
  const again = async (...names: readonly string[]) => (await made(t, [authority, certificate(names)], folder)).made;
  const key = readFileSync(join(folder, 'proxy/tls.key'), 'utf8');
  deepStrictEqual(await again('b', 'a'), []);
  deepStrictEqual(await again('a', 'c'), ['proxy/tls']);
  strictEqual(readFileSync(join(folder, 'proxy/tls.key'), 'utf8'), key);
  rmSync(join(folder, 'proxy/tls.key'));
  deepStrictEqual(await again('a', 'c'), ['proxy/tls']);
  writeFileSync(leaf, 'not a certificate');
  deepStrictEqual(await again('a', 'c'), ['proxy/tls']);
  rmSync(join(folder, 'authority'), { recursive: true });
  deepStrictEqual(await again('a', 'c'), ['authority/ca', 'proxy/tls']);
  strictEqual(verify(join(folder, 'authority/ca.crt'), leaf), 0);
});

test('it is made anew in its last thirty days', async () => {
  const now = new Date('2026-11-23T00:00:00Z');
  const signer = newKey();
  const ca = await issueAuthority('home', signer, now);
  const leaf = { names: ['a', 'fd00::7'], use: 'server', key: newKey() } as const;
  const pem = await issueCertificate(leaf, { certificate: ca, key: signer }, now);
  const after = (days: number) => stillDoes(pem, leaf, ca, new Date(now.getTime() + days * dayMs));
  deepStrictEqual([after(0), after(366), after(367)], [true, true, false]);
  strictEqual(stillDoes(pem, { ...leaf, use: 'server-and-client' }, ca, now), false);
});
