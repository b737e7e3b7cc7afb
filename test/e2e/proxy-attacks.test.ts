// Does the proxy stand strangers, liars, large bodies and slow clients?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noNginx } from '../support/proxy-bench.ts';
import { exchange, open, statusOf } from '../support/raw-http.ts';
import { host, recordedProxy } from '../support/recorded-proxy.ts';

const skip = noNginx();
const { proxy, seenDuring } = recordedProxy();
test('unknown hosts are refused: by name, by absolute URI, by the name asked for in TLS', { skip }, async () => {
  const get = (target: string, name: string) => `GET ${target} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
  const seen = await seenDuring(async () => {
    for (const name of ['evil.example', '127.0.0.1', 'home.localhost.evil.example', 'x.home.localhost', ''])
      assert.ok([421, 400].includes(statusOf(await exchange(proxy(), get('/', name)))), name);
    assert.equal(statusOf(await exchange(proxy(), get('https://evil.example/', 'home.localhost'))), 421);
    assert.equal(statusOf(await exchange(proxy(), get('/', 'home.localhost'), { name: 'evil.example' })), 421);
  });
  assert.deepEqual(seen, {});
});

test('what a client says about itself does not reach a service', { skip }, async () => {
  const lies = [
    'Forwarded: for=1.2.3.4',
    'X-Forwarded-For: 1.2.3.4',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Port: 1',
    'X-Forwarded-Prefix: /evil',
    'X-Forwarded-User: admin',
    'X-Real-IP: 1.2.3.4',
    'X-WEBAUTH-USER: admin',
    'Remote-User: admin',
    'X-Original-URL: /evil',
    'Proxy: http://evil.example',
    `Authorization: Basic ${Buffer.from('admin:x').toString('base64')}`,
  ];
  const seen = await seenDuring(() =>
    exchange(
      proxy(),
      `GET https://home.localhost/a?b=c HTTP/1.1\r\nHost: evil.example\r\n${lies.join('\r\n')}\r\nX-Mine: yes\r\nConnection: close\r\n\r\n`,
    ),
  );
  const [head = ''] = (seen['open-webui']?.[0] ?? '').split('\r\n\r\n');
  assert.deepEqual(head.split('\r\n'), [
    'GET /a?b=c HTTP/1.1',
    'Host: home.localhost',
    'X-Real-IP: 127.0.0.1',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: home.localhost',
    'X-Forwarded-Port: 443',
    'X-Forwarded-Proto: https',
    'Connection: close',
    'X-Mine: yes',
  ]);
});

test('100 MB are refused where they are not wanted', { skip }, async () => {
  const size = 100_000_000;
  const send = (path: string, header = '') =>
    exchange(
      proxy(),
      `POST ${path} HTTP/1.1\r\n${host}${header}Content-Length: ${size}\r\n\r\n${'x'.repeat(100_000)}`,
      {
        quietMs: 2000,
      },
    );
  const seen = await seenDuring(async () => {
    assert.equal(statusOf(await send('/')), 413);
    assert.equal(statusOf(await send('/muster/api/v1/jobs')), 413);
    assert.equal(statusOf(await send('/muster/ollama/api/chat', `Authorization: Bearer ${proxy().modelKey}\r\n`)), 413);
    // Sent in chunks its size shows only on the way: the service's connection is cut.
    const chunk = `20000\r\n${'x'.repeat(0x20000)}\r\n`;
    const chunked = await exchange(
      proxy(),
      `POST /up HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`,
      { quietMs: 2000 },
    );
    assert.ok([200, 413].includes(statusOf(chunked)));
  });
  for (const text of seen['open-webui'] ?? []) assert.ok(text.length < 2 * 1024 * 1024, `${text.length} bytes passed`);
  assert.deepEqual(
    Object.keys(seen).filter((service) => service !== 'open-webui'),
    [],
  );
});

/** How long until the other side closed, in seconds; `drip` is sent each second. */
async function secondsUntilCut(first: string, drip: string): Promise<number> {
  const socket = await open(proxy());
  const startedAt = performance.now();
  socket.resume();
  socket.write(first);
  const timer = setInterval(() => socket.writable && drip !== '' && socket.write(drip), 1000);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return (performance.now() - startedAt) / 1000;
}

test('slow clients are cut within 12 s: no head, a dripping head, a body that stands still', { skip }, async () => {
  const cut = await Promise.all([
    secondsUntilCut('', ''),
    secondsUntilCut('GET / HTTP/1.1\r\n', ''),
    secondsUntilCut('GET / HTTP/1.1\r\nHost: home.localhost\r\n', 'X-A: b\r\n'),
    secondsUntilCut(`POST /muster/api/v1/wait HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\nabc`, ''),
  ]);
  for (const seconds of cut) assert.ok(seconds > 5 && seconds < 12, `${cut.map((each) => each.toFixed(1))} s`);
});
