// Does what is written piece by piece arrive piece by piece? Through TLS and the real nginx, with real sockets.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { noNginx, type ProxyBench, startProxy } from '../support/proxy-bench.ts';
import { exchange, open, statusOf } from '../support/raw-http.ts';

const skip = noNginx();
const spec = `
name: home
services:
  dask: true
  ollama: true
  open-webui: true
  proxy: { requestsPerSecond: 5 }
`;
const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
/** A piece is written when the one before it was read, so that nothing can gather them. */
let permit: (() => void) | null = null;
let served: Server;
let proxy: ProxyBench;

async function pieces(response: ServerResponse, type: string, texts: readonly string[]): Promise<void> {
  response.writeHead(200, { 'content-type': type });
  for (const text of texts) {
    response.write(text);
    await new Promise<void>((resolve) => {
      permit = resolve;
    });
  }
  response.end();
}

const tokens = Array.from({ length: 12 }, (_, index) => `{"response":"t${index}"}\n`);
const events = Array.from({ length: 12 }, (_, index) => `data: ${index}\n\n`);

async function answer(received: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(received.url ?? '/', 'http://x');
  if (pathname === '/api/chat') return pieces(response, 'application/x-ndjson', tokens);
  if (pathname === '/api/v1/agent/stream') return pieces(response, 'text/event-stream', events);
  if (pathname === '/api/v1/blobs/echo') {
    response.writeHead(200);
    for await (const chunk of received) response.write(chunk);
    return void response.end();
  }
  if (pathname === '/muster/dask/') return void response.writeHead(301, { location: 'muster/dask/status' }).end();
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of received) {
    hash.update(chunk);
    size += chunk.length;
  }
  response.setHeader('x-frame-options', 'DENY').setHeader('x-powered-by', 'a test');
  response.end(JSON.stringify({ size, digest: hash.digest('hex') }));
}

before(async () => {
  if (skip) return;
  served = createServer((received, response) => void answer(received, response).catch(() => response.destroy()));
  // An echo in the manner of a WebSocket: bytes both ways after the handshake.
  served.on('upgrade', (received, socket) => {
    const key = `${received.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.pipe(socket).on('error', () => {});
  });
  served.listen(0, '127.0.0.1');
  await once(served, 'listening');
  const { port } = served.address() as AddressInfo;
  proxy = await startProxy(folder, spec, {
    'dask-scheduler': port,
    ollama: port,
    'open-webui': port,
    orchestrator: port,
  });
});

after(async () => {
  if (skip) return;
  await proxy.stop();
  served.closeAllConnections();
  served.close();
  rmSync(folder, { recursive: true, force: true });
});

function send(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const { ca, https: port } = proxy;
  return request({
    host: '127.0.0.1',
    port,
    ca,
    servername: 'home.localhost',
    method,
    path,
    headers: { host: 'home.localhost', ...headers },
  });
}

/** The pieces as they came; each lets the service write the next one. */
async function arrivals(method: string, path: string): Promise<readonly string[]> {
  const sent = send(method, path, { authorization: `Bearer ${proxy.modelKey}`, 'content-type': 'application/json' });
  sent.end(method === 'POST' ? '{}' : undefined);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const found: string[] = [];
  for await (const chunk of response.setEncoding('utf8')) {
    found.push(chunk);
    while (permit === null) await setTimeout(1);
    const next: () => void = permit;
    permit = null;
    next();
  }
  return found;
}

test('a token stream arrives token by token: none is held until the next one', { skip, timeout: 30_000 }, async () => {
  assert.deepEqual(await arrivals('POST', '/muster/ollama/api/chat'), tokens);
});

test('so do server-sent events', { skip, timeout: 30_000 }, async () => {
  assert.deepEqual(await arrivals('GET', '/muster/api/v1/agent/stream'), events);
});

test('an upload and its answer flow both ways at once', { skip, timeout: 30_000 }, async () => {
  const sent = send('PUT', '/muster/api/v1/blobs/echo');
  sent.write('first');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const [first] = await once(response.setEncoding('utf8'), 'data');
  sent.write('second');
  const [second] = await once(response, 'data');
  sent.end();
  await once(response, 'end');
  assert.deepEqual([first, second], ['first', 'second']);
});

test('a WebSocket carries bytes both ways, on the chat page', { skip, timeout: 30_000 }, async () => {
  const socket = await open(proxy);
  socket
    .setEncoding('latin1')
    .write(
      'GET /ws/socket.io/?transport=websocket HTTP/1.1\r\nHost: home.localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
  const [head] = await once(socket, 'data');
  assert.match(head, /^HTTP\/1\.1 101 [\s\S]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/);
  for (const text of ['one', 'two', 'three']) {
    socket.write(text);
    assert.deepEqual(await once(socket, 'data'), [text]);
  }
  socket.destroy();
});

test('50 MB go up to the chat page, and nothing of them lies on the disk on the way', {
  skip,
  timeout: 30_000,
}, async () => {
  const chunk = Buffer.alloc(1_000_000, 'muster');
  const sent = send('POST', '/api/v1/files/', { 'content-length': String(50 * chunk.length) });
  const hash = createHash('sha256');
  for (let index = 0; index < 50; index += 1) {
    hash.update(chunk);
    if (!sent.write(chunk)) await once(sent, 'drain');
  }
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const [text] = await once(response.setEncoding('utf8'), 'data');
  assert.deepEqual(JSON.parse(text), { size: 50_000_000, digest: hash.digest('hex') });
  assert.doesNotMatch(proxy.log(), /buffered to a temporary file/);
});

test('answers carry each security header once, whatever the service sent', { skip, timeout: 30_000 }, async () => {
  const answer = await exchange(proxy, 'GET /x HTTP/1.1\r\nHost: home.localhost\r\nConnection: close\r\n\r\n');
  const names = answer
    .split('\r\n\r\n')[0]
    ?.split('\r\n')
    .slice(1)
    .map((line) => line.toLowerCase());
  const ours = names?.filter((line) => /^(strict|x-|referrer|server|permissions)/.test(line)).sort();
  assert.deepEqual(ours, [
    'referrer-policy: strict-origin-when-cross-origin',
    'server: nginx',
    'strict-transport-security: max-age=63072000',
    'x-content-type-options: nosniff',
    'x-frame-options: sameorigin',
  ]);
});

test('Dask’s front page leads to its first page', { skip, timeout: 30_000 }, async () => {
  const password = Buffer.from(`admin:${proxy.password}`).toString('base64');
  const sent = send('GET', '/muster/dask/', { authorization: `Basic ${password}` }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  assert.deepEqual([response.resume().statusCode, response.headers.location], [301, '/muster/dask/status']);
});

test('too many requests of one client get 429, and a moment later none does', { skip, timeout: 30_000 }, async () => {
  const one = 'GET /x HTTP/1.1\r\nHost: home.localhost\r\n\r\n';
  const answers = await exchange(proxy, one.repeat(80), { quietMs: 500 });
  const statuses = (answers.match(/HTTP\/1\.1 \d{3}/g) ?? []).map((line) => Number(line.slice(9)));
  assert.deepEqual([...new Set(statuses)].sort(), [200, 429]);
  const passed = statuses.filter((status) => status === 200).length;
  assert.ok(passed >= 5 && passed <= 40, `${passed} of 80 passed at 5 a second`);
  await setTimeout(1200);
  assert.equal(statusOf(await exchange(proxy, one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))), 200);
});
