// Is a pair that cannot be served refused with every reason, and does the one before go on?
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect, createServer, type SecureVersion, type TLSSocket } from 'node:tls';
import { openTls } from '../../../../services/orchestrator/tls/index.ts';
import { readPair } from '../../../../services/orchestrator/tls/pair.ts';
import { pairIn, testAuthority } from '../../../support/certificates.ts';
import { ownFolder } from '../../../support/folder.ts';

const yearsAgo = (years: number): Date => new Date(Date.now() - years * 365 * 86_400_000);
const user = process.getuid?.();
const remedy = `put it there, whole and readable for user ${user}`;

test('what is wrong with both files is said at once', (t) => {
  const { files } = pairIn(ownFolder(t));
  writeFileSync(files.keyFile, 'not a key');
  assert.deepEqual(readPair(files), {
    pair: null,
    problems: [
      `MUSTER_TLS_CERT_FILE: expected a certificate (PEM) in ${files.certificateFile}, found no file (ENOENT); ${remedy}`,
      `MUSTER_TLS_KEY_FILE: expected its key (PEM, without a passphrase) in ${files.keyFile}, found another text ` +
        `(ERR_OSSL_UNSUPPORTED); ${remedy}`,
    ],
  });
});

test('a key of another certificate and a chain that was cut off are refused', async (t) => {
  const { files, put } = pairIn(ownFolder(t));
  const authority = await testAuthority();
  const [one, other] = [await authority.issue(), await authority.issue()];
  put({ certificate: one.certificate, key: other.key });
  assert.deepEqual(readPair(files).problems, [
    `MUSTER_TLS_KEY_FILE: expected the key of the certificate in ${files.certificateFile}, found that of another one in ` +
      `${files.keyFile}; put two files there that were made together`,
  ]);
  put({ certificate: one.certificate + authority.ca.slice(0, 300), key: one.key });
  assert.match(readPair(files).problems.join('\n'), /expected a whole chain \(PEM\).*found one that cannot be served/);
  put({ certificate: one.certificate + authority.ca });
  assert.deepEqual(readPair(files).problems, []);
});

type Line = { readonly level: string; readonly message: string; readonly facts: object };

/** A server with TLS alone, and what it logs. */
const served = async (t: TestContext, at?: Date) => {
  const authority = await testAuthority();
  const pair = pairIn(ownFolder(t));
  const first = await authority.issue(['localhost'], at);
  pair.put(first);
  const lines: Line[] = [];
  const write = (level: string) => (facts: object, message: string) => void lines.push({ level, message, facts });
  const log = { info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') };
  const tls = openTls(pair.files);
  const unfollow = tls.follow(log);
  t.after(unfollow);
  const listening = async (): Promise<number> => {
    const server = tls.create({}, (_request, reply) => void reply.end()).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  // As for a name with two addresses.
  return { authority, first, lines, port: await listening(), second: await listening(), ...pair };
};

const shakeHands = (port: number, options: object): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ...options }, () => resolve(socket));
    socket.on('error', reject);
  });

const said = async (lines: readonly Line[], count: number): Promise<Line> => {
  const endMs = performance.now() + 15_000;
  while (lines.length < count) {
    if (performance.now() > endMs) throw new Error(`only ${JSON.stringify(lines)} was said`);
    await setTimeout(20);
  }
  return lines[count - 1] as Line;
};

test('broken files keep the certificate of before, each with one line that says why', async (t) => {
  const { authority, files, first, lines, port, put, second } = await served(t);
  assert.equal((await said(lines, 1)).message, 'new connections get this certificate');
  const next = await authority.issue(['renewed']);
  const broken = [
    { certificate: next.certificate },
    { certificate: next.certificate.slice(0, 200) },
    { certificate: '' },
    { certificate: first.certificate, key: 'no key' },
  ];
  for (const [at, each] of broken.entries()) {
    put(each);
    const { level, message, facts } = await said(lines, at + 2);
    assert.deepEqual([level, message], ['error', 'the new certificate is not taken, the one before goes on']);
    assert.match(JSON.stringify(facts), /MUSTER_TLS_(CERT|KEY)_FILE: expected .* found /);
    (await shakeHands(port, { ca: authority.ca, servername: 'localhost' })).destroy();
  }
  rmSync(files.keyFile);
  await said(lines, 6);
  put(next);
  // Either both files are seen at once, or one of them between the two.
  while (lines.at(-1)?.level === 'error') await said(lines, lines.length + 1);
  for (const each of [port, second]) (await shakeHands(each, { ca: authority.ca, servername: 'renewed' })).destroy();
});

test('one that has ended is served, for it can still be replaced, and said to be refused', async (t) => {
  const { authority, lines, port, put } = await served(t, yearsAgo(2));
  const { level, message } = await said(lines, 1);
  assert.deepEqual([level, /has ended.*put another one there, no restart/.test(message)], ['error', true]);
  await assert.rejects(shakeHands(port, { ca: authority.ca }), { code: 'CERT_HAS_EXPIRED' });
  put(await authority.issue());
  while (lines.at(-1)?.level === 'error') await said(lines, lines.length + 1);
  (await shakeHands(port, { ca: authority.ca })).destroy();
});

/** This client may do anything; the server decides. */
const only = (version: SecureVersion, ciphers: string) => ({
  ...{ minVersion: version, maxVersion: version, ciphers: `${ciphers}@SECLEVEL=0`, rejectUnauthorized: false },
});

test('TLS 1.2 and 1.3 with AEAD are spoken; 1.1 and ciphers without it are not', async (t) => {
  const { first, port } = await served(t);
  const spoken = async (at: number, options: object) => {
    const socket = await shakeHands(at, options);
    const found = `${socket.getProtocol()} ${socket.getCipher().name}`;
    socket.destroy();
    return found;
  };
  const aead = 'ECDHE-ECDSA-AES128-GCM-SHA256';
  assert.equal(await spoken(port, only('TLSv1.2', aead)), `TLSv1.2 ${aead}`);
  assert.match(await spoken(port, only('TLSv1.3', 'TLS_AES_128_GCM_SHA256:ALL')), /^TLSv1.3 TLS_AES_128_GCM_SHA256$/);
  const refused = [only('TLSv1.1', 'ALL'), only('TLSv1.2', 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA')];
  // A server that takes everything shows that it is not the client that refuses.
  const { certificate: cert, key } = first;
  const careless = createServer({ cert, key, minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' }).listen(0, '127.0.0.1');
  t.after(() => careless.close());
  await once(careless, 'listening');
  for (const options of refused) {
    await spoken((careless.address() as AddressInfo).port, options);
    await assert.rejects(spoken(port, options), (error: NodeJS.ErrnoException) => /ALERT/.test(error.code ?? ''));
  }
});
