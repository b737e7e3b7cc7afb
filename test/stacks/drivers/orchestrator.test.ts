// Does the client outwait a restart, repeat only what may be repeated, and say what the orchestrator said?
import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestFile } from '../../../stacks/drivers/digest.ts';
import { createClient, type Refusal, Unreachable } from '../../../stacks/drivers/orchestrator.ts';
import { ownFolder } from '../../support/folder.ts';

async function serve(
  t: TestContext,
  listener: RequestListener,
  port = 0,
): Promise<{ server: Server; url: string; port: number }> {
  const server = createServer(listener).listen(port, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${address.port}`, port: address.port };
}

test('the key, the body and the answer travel as JSON', async (t) => {
  const { url } = await serve(t, async (request, reply) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    reply.end(JSON.stringify([request.method, request.url, request.headers.authorization, JSON.parse(body)]));
  });
  const client = createClient({ url, key: 'mk_x', retryMs: 0 });
  deepStrictEqual(await client.call('POST', '/api/v1/jobs', { a: 'ä' }), [
    'POST',
    '/api/v1/jobs',
    'Bearer mk_x',
    { a: 'ä' },
  ]);
});

test('a refusal has status, code and every problem; one without JSON is still a refusal', async (t) => {
  const problems = [{ path: 'command', message: 'expected a list' }];
  const { url } = await serve(t, (request, reply) => {
    reply.statusCode = request.url === '/bare' ? 500 : 422;
    reply.end(
      request.url === '/bare' ? 'oops' : JSON.stringify({ error: { code: 'invalid', message: 'no', problems } }),
    );
  });
  const client = createClient({ url, key: 'k', retryMs: 0 });
  await rejects(client.call('POST', '/jobs', {}), (error: Refusal) => {
    deepStrictEqual([error.status, error.code, error.message, error.problems], [422, 'invalid', 'no', problems]);
    return true;
  });
  await rejects(client.call('GET', '/bare'), { status: 500, message: 'HTTP 500' });
});

test('a restart is outwaited, and the waiting is told', async (t) => {
  const first = await serve(t, (_request, reply) => reply.end('{}'));
  first.server.close();
  await once(first.server, 'close');
  let told = 0;
  const onWait = async () => {
    told += 1;
    await serve(t, (_request, reply) => reply.end('{"up": true}'), first.port);
  };
  const client = createClient({ url: first.url, key: 'k', retryMs: 10_000, onWait });
  deepStrictEqual(await client.call('GET', '/'), { up: true });
  strictEqual(told, 1);
});

test('nobody there is Unreachable when the time is up', async (t) => {
  const { server, url } = await serve(t, () => {});
  server.close();
  await once(server, 'close');
  await rejects(createClient({ url, key: 'k', retryMs: 0 }).call('GET', '/'), Unreachable);
});

test('a cut POST is repeated with a key only', async (t) => {
  const seen: string[] = [];
  const { url } = await serve(t, (request, reply) => {
    seen.push(String(request.headers['idempotency-key'] ?? 'none'));
    if (seen.filter((key) => key === 'once').length < 2) request.socket.destroy();
    else reply.end('{}');
  });
  const client = createClient({ url, key: 'k', retryMs: 5000 });
  await rejects(client.call('POST', '/', {}), Unreachable);
  await client.call('POST', '/', {}, { 'idempotency-key': 'once' });
  deepStrictEqual(seen, ['none', 'once', 'once']);
});

test('a file is sent once, whole and as a stream; a held one not at all', async (t) => {
  const file = join(ownFolder(t), 'large');
  writeFileSync(file, Buffer.alloc(3_000_000, 'x'));
  const { digest, size } = await digestFile(file);
  match(digest, /^[0-9a-f]{64}$/);
  const asked: string[] = [];
  let held = false;
  const { url } = await serve(t, async (request, reply) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    asked.push(`${request.method} ${bytes}`);
    reply.statusCode = held ? 200 : request.method === 'HEAD' ? 404 : 201;
    held ||= request.method === 'PUT';
    reply.end();
  });
  const client = createClient({ url, key: 'k', retryMs: 0 });
  await client.uploadBlob(`/${digest}`, file, size);
  await client.uploadBlob(`/${digest}`, file, size);
  deepStrictEqual(asked, ['HEAD 0', 'PUT 3000000', 'HEAD 0']);
  ok(held);
});
