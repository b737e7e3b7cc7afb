// Does the proxy notice what changed, without losing anybody, and does it end when it should?
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { SecretFile } from '../../stacks/catalog/types.ts';
import { createSecretFiles } from '../../stacks/drivers/secret-files.ts';
import { ownFolder } from '../support/folder.ts';
import { noNginx, type ProxyBench, startProxy } from '../support/proxy-bench.ts';
import { exchange, open, statusOf } from '../support/raw-http.ts';

const skip = noNginx();

/** A chat page that streams until it is told to end. */
async function streaming(t: TestContext): Promise<{ readonly port: number; readonly end: () => void }> {
  const streams = new Set<ServerResponse>();
  const server = createServer((_, response) => {
    streams.add(response.writeHead(200));
    const timer = setInterval(() => response.write('.'), 100);
    response.once('close', () => clearInterval(timer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    end: () => {
      for (const stream of streams) stream.end('end');
    },
  };
}

async function begin(t: TestContext, services: Readonly<Record<string, number>> = {}): Promise<ProxyBench> {
  const proxy = await startProxy(ownFolder(t), 'name: home\nservices: { open-webui: true, proxy: true }', services);
  t.after(proxy.end);
  return proxy;
}

async function serialOf(proxy: ProxyBench): Promise<string> {
  const socket = await open(proxy);
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const startedAt = Date.now(); !(await holds()); await setTimeout(100))
    if (Date.now() - startedAt > 20_000) throw new Error(`waited too long: ${what}`);
}

const certificate: SecretFile = {
  kind: 'certificate',
  path: 'proxy/tls',
  by: 'authority/ca',
  names: ['home.localhost', 'other'],
  use: 'server',
};
const get = 'GET /muster/ HTTP/1.1\r\nHost: home.localhost\r\nConnection: close\r\n';

test('a new certificate and a new password are taken within seconds, and a stream goes on meanwhile', {
  skip,
}, async (t) => {
  const page = await streaming(t);
  const proxy = await begin(t, { 'open-webui': page.port });
  const stream = await open(proxy);
  let got = '';
  stream.setEncoding('latin1').on('data', (text) => {
    got += text;
  });
  stream.write('GET / HTTP/1.1\r\nHost: home.localhost\r\nConnection: close\r\n\r\n');
  const before = await serialOf(proxy);
  const secrets = { folder: join(proxy.folder, 'secrets'), owner: null, root: null };
  writeFileSync(join(secrets.folder, 'proxy/password'), 'another\n');
  const made = await createSecretFiles(secrets, [
    certificate,
    { kind: 'htpasswd', path: 'proxy/htpasswd', user: 'admin', of: 'proxy/password' },
  ]);
  assert.deepEqual(made.made, ['proxy/tls', 'proxy/htpasswd']);
  await until('another certificate', async () => (await serialOf(proxy)) !== before);
  const signIn = (password: string) =>
    `Authorization: Basic ${Buffer.from(`admin:${password}`).toString('base64')}\r\n\r\n`;
  assert.equal(statusOf(await exchange(proxy, get + signIn('another'))), 200);
  assert.equal(statusOf(await exchange(proxy, get + signIn(proxy.password))), 401);
  const length = got.length;
  await until('more of the stream', async () => got.length > length);
  page.end();
  await once(stream, 'close');
  assert.match(got, /end\r\n0\r\n\r\n$/);
});

test('a configuration that is wrong is not taken, and the old one goes on', { skip }, async (t) => {
  const proxy = await begin(t);
  const file = join(proxy.folder, 'configs/proxy/nginx.conf');
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, `${right}\nnonsense;\n`);
  await until('a complaint', async () => proxy.log().includes('unknown directive "nonsense"'));
  assert.equal(statusOf(await exchange(proxy, `${get}\r\n`)), 401);
  writeFileSync(file, right.replace('auth_basic Muster', 'auth_basic Other'));
  await until('another realm', async () => (await exchange(proxy, `${get}\r\n`)).includes('realm="Other"'));
});

for (const signal of ['SIGTERM', 'SIGQUIT'] as const) {
  test(`${signal} lets a stream end, takes nothing new, and ends with 0`, { skip }, async (t) => {
    const page = await streaming(t);
    const proxy = await begin(t, { 'open-webui': page.port });
    const stream = await open(proxy);
    stream.write('GET / HTTP/1.1\r\nHost: home.localhost\r\n\r\n');
    await once(stream, 'data');
    const ended = proxy.stop(signal);
    await until('closed doors', () =>
      open(proxy).then(
        (socket) => {
          socket.destroy();
          return false;
        },
        () => true,
      ),
    );
    const [more] = await once(stream, 'data');
    assert.match(String(more), /\./);
    page.end();
    const startedAt = performance.now();
    assert.equal(await ended, 0);
    assert.ok(performance.now() - startedAt < 5000);
  });
}

test('when nginx dies its script ends too, with an exit code that says so', { skip }, async (t) => {
  const proxy = await begin(t);
  const pid = Number(readFileSync(join(proxy.folder, 'scratch/proxy/nginx.pid'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  const [code] = await once(proxy.process, 'exit');
  assert.equal(code, 137);
});

test('a service that is down is said in a line, in the end and in the beginning', { skip }, async (t) => {
  const proxy = await begin(t);
  const answer = await exchange(proxy, 'GET / HTTP/1.1\r\nHost: home.localhost\r\nConnection: close\r\n\r\n');
  assert.equal(statusOf(answer), 502);
  assert.match(answer, /\r\n\r\nThis service does not answer right now\. It may be starting: try again in a moment\.$/);
});

test('an answer that is not read is cut within seconds of its standing still', { skip }, async (t) => {
  const server = createServer((_: IncomingMessage, response) => {
    response.on('error', () => {}).writeHead(200);
    const more = () => {
      while (response.writable && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const proxy = await begin(t, { 'open-webui': (server.address() as AddressInfo).port });
  const socket = await open(proxy);
  const startedAt = performance.now();
  socket.write('GET / HTTP/1.1\r\nHost: home.localhost\r\n\r\n');
  const [connection] = (await once(server, 'connection')) as [NodeJS.EventEmitter];
  await new Promise((resolve) => connection.on('error', () => {}).once('close', resolve));
  const seconds = (performance.now() - startedAt) / 1000;
  socket.destroy();
  assert.ok(seconds > 8 && seconds < 12.5, `${seconds.toFixed(1)} s`);
});
