// Is another Ollama server asked when one cannot answer, before the first byte and never after it?
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { ownFolder } from '../support/folder.ts';
import { freePort, noNginx, type ProxyBench, startProxy } from '../support/proxy-bench.ts';

const skip = noNginx();
const spec = `
name: home
services:
  ollama: { nodes: { a: {}, b: {} } }
  proxy: true
`;

type Answer = (response: ServerResponse, body: string) => void;
type Node = { readonly port: number; readonly asked: string[] };

/** An Ollama server that answers so; it writes down method, path, host and size of each request. */
async function node(t: TestContext, answer: Answer): Promise<Node> {
  const asked: string[] = [];
  const server = createServer(async (received, response) => {
    const body = await text(received);
    asked.push(`${received.method} ${received.url} ${received.headers.host} ${body.length}`);
    answer(response, body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

const status =
  (code: number, body = '{"error":"no"}'): Answer =>
  (response) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(body);

async function begin(t: TestContext, a: number, b: number): Promise<ProxyBench> {
  const proxy = await startProxy(ownFolder(t), spec, { 'ollama-a': a, 'ollama-b': b });
  t.after(proxy.end);
  return proxy;
}

async function ask({ models }: ProxyBench, path: string, method = 'POST', body = '{"model":"m"}') {
  const sent = request({ host: '127.0.0.1', port: models, path, method });
  sent.end(method === 'POST' ? body : undefined);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const got = await text(response).catch((error: NodeJS.ErrnoException) => `cut: ${error.code}`);
  return { status: response.statusCode, got };
}

/** Six requests reach either server first: nginx takes turns. */
const six = async <Result>(one: () => Promise<Result>): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (let count = 0; count < 6; count += 1) results.push(await one());
  return results;
};
const good = { status: 200, got: 'ok' };

for (const [what, code] of [
  ['is full', 503],
  ['does not know the model', 404],
] as const) {
  test(`one that ${what} is passed over, with a body of 3 MB too`, { skip }, async (t) => {
    const a = await node(t, status(code));
    const b = await node(t, status(200, 'ok'));
    const proxy = await begin(t, a.port, b.port);
    const body = JSON.stringify({ model: 'm', images: ['x'.repeat(3_000_000)] });
    for (const path of ['/api/chat', '/api/generate', '/api/embed', '/v1/chat/completions'])
      assert.deepEqual(await six(() => ask(proxy, path, 'POST', body)), Array(6).fill(good), path);
    assert.equal(b.asked.length, 24);
    assert.ok(a.asked.length >= 12, `${a.asked.length} of 24 went there first`);
    assert.deepEqual([...new Set([...a.asked, ...b.asked].map((line) => line.split(' ')[2]))], ['localhost']);
  });
}

test('one that does not listen is passed over, also for calls that change something', { skip }, async (t) => {
  const b = await node(t, status(200, 'ok'));
  const proxy = await begin(t, await freePort(), b.port);
  for (const path of ['/api/chat', '/api/pull'])
    assert.deepEqual(await six(() => ask(proxy, path)), Array(6).fill(good));
});

test('when every server refuses, the last one is heard', { skip }, async (t) => {
  const [a, b] = [
    await node(t, status(404, '{"error":"model m not found"}')),
    await node(t, status(404, '{"error":"model m not found"}')),
  ];
  const proxy = await begin(t, a.port, b.port);
  assert.deepEqual(await ask(proxy, '/api/chat'), { status: 404, got: '{"error":"model m not found"}' });
  assert.equal(a.asked.length + b.asked.length, 2);
});

test('after the first byte nobody else is asked', { skip }, async (t) => {
  const dies: Answer = (response) => {
    response.writeHead(200);
    response.write('{"response":"t0"}\n', () => response.destroy());
  };
  const [a, b] = [await node(t, dies), await node(t, dies)];
  const proxy = await begin(t, a.port, b.port);
  const { got, status: code } = await ask(proxy, '/api/chat');
  assert.deepEqual([code, got], [200, 'cut: ECONNRESET']);
  assert.equal(a.asked.length + b.asked.length, 1);
});

test('a call that changes something is never sent twice', { skip }, async (t) => {
  const [a, b] = [await node(t, status(503)), await node(t, status(404))];
  const proxy = await begin(t, a.port, b.port);
  for (const path of ['/api/pull', '/api/delete', '/api/create', '/api/copy', '/api/push'])
    await six(() => ask(proxy, path));
  assert.equal(a.asked.length + b.asked.length, 30);
});
