// Does the proxy get a certificate from an ACME authority, renew it, and never lose one that works? Against pebble.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { noPebble, type Pebble, pebble } from '../support/pebble.ts';
import { freePort, noNginx, type ProxyBench, startProxy } from '../support/proxy-bench.ts';

const skip = noNginx() || noPebble();
const main = join(import.meta.dirname, '../../services/orchestrator/main.ts');
const hosts = ['ai.example.org', 'www.example.org'];

function certificates(
  t: TestContext,
  authority: Pebble,
  state: string,
): { readonly process: ChildProcess; readonly said: () => string } {
  const daemon = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'certificates'], {
    env: {
      ...cleanEnvironment(),
      NODE_EXTRA_CA_CERTS: authority.caFile,
      MUSTER_ACME_DIRECTORY: authority.directory,
      MUSTER_ACME_EMAIL: 'admin@example.org',
      MUSTER_ACME_HOSTS: hosts.join(','),
      MUSTER_ACME_RETRY_SECONDS: '1',
      MUSTER_STATE: state,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [daemon.stdout, daemon.stderr]) stream.on('data', (chunk) => (text += chunk));
  t.after(() => daemon.kill('SIGKILL'));
  return { process: daemon, said: () => text };
}

async function served({ https }: ProxyBench): Promise<PeerCertificate> {
  const socket = connectTls({
    host: '127.0.0.1',
    port: https,
    servername: hosts[0] as string,
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

async function until<Result>(what: string, seconds: number, look: () => Promise<Result | null>): Promise<Result> {
  for (const startedAt = Date.now(); Date.now() - startedAt < seconds * 1000; await setTimeout(200)) {
    const found = await look();
    if (found !== null) return found;
  }
  throw new Error(`waited too long: ${what}\n${said()}`);
}

const spec = (directory: string): string => `
name: home
services:
  open-webui: true
  proxy:
    hosts: [${hosts}]
    tls: { acme: { email: admin@example.org, directory: ${JSON.stringify(directory)} } }
`;

/** What the daemon said; printed where a test waits in vain. */
let said = (): string => '';

test('the first certificate, its renewal, an authority that is down, and a stream through it all', {
  skip,
}, async (t) => {
  const folder = ownFolder(t);
  const page = createServer((_, response) => {
    const timer = setInterval(() => response.write('.'), 200);
    response.once('close', () => clearInterval(timer));
  }).listen(0, '127.0.0.1');
  await once(page, 'listening');
  t.after(() => {
    page.closeAllConnections();
    page.close();
  });
  const http = await freePort();
  const authority = await pebble(t, ownFolder(t), http, 45);
  const proxy = await startProxy(
    folder,
    spec(authority.directory),
    { 'open-webui': (page.address() as AddressInfo).port },
    { http },
  );
  t.after(proxy.end);
  assert.equal((await served(proxy)).issuer.CN, 'home', 'until the first one is there its own authority vouches');
  const state = join(folder, 'state/certificates');
  const daemon = certificates(t, authority, state);
  said = daemon.said;
  await until('a failure that is said', 20, async () => (daemon.said().includes('ECONNREFUSED') ? true : null));

  await authority.start();
  const isTheirs = async () => {
    const { issuer, serialNumber } = await served(proxy);
    return String(issuer.CN).startsWith('Pebble') ? serialNumber : null;
  };
  const first = await until('the first certificate', 40, isTheirs);
  assert.deepEqual(
    (await served(proxy)).subjectaltname?.split(', ').sort(),
    hosts.map((host) => `DNS:${host}`),
  );
  assert.deepEqual(readdirSync(join(state, 'challenges')), []);
  assert.equal(statSync(join(state, 'certificate.pem')).mode & 0o777, 0o600);
  const account = readFileSync(join(state, 'account.key'), 'utf8');

  const stream = connectTls({
    host: '127.0.0.1',
    port: proxy.https,
    servername: hosts[0] as string,
    rejectUnauthorized: false,
  });
  let bytes = 0;
  let closed = false;
  stream.on('data', (chunk) => (bytes += chunk.length)).once('close', () => (closed = true));
  stream.write(`GET / HTTP/1.1\r\nHost: ${hosts[0]}\r\n\r\n`);
  const renewed = await until('the renewal', 60, async () => {
    const serial = await isTheirs();
    return serial !== null && serial !== first ? serial : null;
  });
  assert.notEqual(renewed, first);
  const before = bytes;
  await until('more of the stream', 5, async () => (bytes > before ? true : null));
  assert.equal(closed, false);
  stream.destroy();
  assert.equal(readFileSync(join(state, 'account.key'), 'utf8'), account);

  const held = readFileSync(join(state, 'certificate.pem'), 'utf8');
  await authority.stop();
  const failures = () => daemon.said().split('certificate was refused').length;
  const count = failures();
  await until('a renewal that fails', 60, async () => (failures() > count ? true : null));
  assert.equal(readFileSync(join(state, 'certificate.pem'), 'utf8'), held);
  daemon.process.kill('SIGTERM');
  assert.deepEqual(await once(daemon.process, 'exit'), [0, null]);
});
