// Is what the proxy passes on always one request, however its sender framed it?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noNginx } from '../support/proxy-bench.ts';
import { exchange, strictRequest } from '../support/raw-http.ts';
import { host, recordedProxy } from '../support/recorded-proxy.ts';

const skip = noNginx();
const { proxy, seenDuring } = recordedProxy();
const second = 'GET /smuggled HTTP/1.1\r\nHost: home.localhost\r\n\r\n';
const post = (headers: string, body: string): string => `POST /a HTTP/1.1\r\n${host}${headers}\r\n${body}`;

/** Requests that two readers could take for one and for two. */
const smuggling: Readonly<Record<string, string>> = {
  'CL.TE': post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${second}`),
  'TE.CL': post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `5c\r\n${second}\r\n0\r\n\r\n`),
  'two lengths': post('Content-Length: 0\r\nContent-Length: 40\r\n', second),
  'two equal lengths': post('Content-Length: 0\r\nContent-Length: 0\r\n', second),
  'a list of lengths': post('Content-Length: 0, 40\r\n', second),
  'a length with a sign': post('Content-Length: +40\r\n', second),
  'a length in hex': post('Content-Length: 0x28\r\n', second),
  'a negative length': post('Content-Length: -1\r\n', second),
  'a coding in disguise': post('Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n', second),
  'two codings': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${second}`),
  'a coding after a tab': post('Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${second}`),
  'a space before the colon': post('Content-Length : 40\r\n', second),
  'a coding with a space before the colon': post(
    'Transfer-Encoding : chunked\r\nContent-Length: 4\r\n',
    `0\r\n\r\n${second}`,
  ),
  'a folded header': post('X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${second}`),
  'a folded coding': post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${second}`),
  'a NUL in a header': post('X-A: b\0c\r\nContent-Length: 40\r\n', second),
  'a NUL in a name': post('X-\0A: b\r\nContent-Length: 40\r\n', second),
  'a bare CR': post('X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${second}`),
  'bare LF': `POST /a HTTP/1.1\nHost: home.localhost\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n${second}`,
  'a chunk with an extension of two lines': post('Transfer-Encoding: chunked\r\n', `1;a=\nb\r\nx\r\n0\r\n\r\n`),
  'a chunk length with a sign': post('Transfer-Encoding: chunked\r\n', `-1\r\n${second}`),
  'a chunk length that overflows': post('Transfer-Encoding: chunked\r\n', `ffffffffffffffffff\r\n${second}`),
  'chunks that end with bare LF': post('Transfer-Encoding: chunked\r\n', '3\nabc\n0\n\n'),
  'a trailer that is a length': post('Transfer-Encoding: chunked\r\n', '0\r\nContent-Length: 40\r\n\r\n'),
  'HTTP/1.0 with chunks': `POST /a HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
  'no version': `GET /a\r\n${host}\r\n`,
  'a version of its own': `GET /a HTTP/3.7\r\n${host}\r\n`,
  'a header that ends the head': post('X-A: b\r\n\r\nX-B: c\r\nContent-Length: 40\r\n', ''),
  'an upgrade to h2c': `GET /a HTTP/1.1\r\n${host}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n`,
  'two hosts': `GET /a HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`,
};

for (const [name, sent] of Object.entries(smuggling)) {
  test(`no second request is smuggled by ${name}`, { skip }, async () => {
    const seen = await seenDuring(() => exchange(proxy(), sent, { quietMs: 300 }));
    const texts = seen['open-webui'] ?? [];
    assert.deepEqual(
      Object.keys(seen).filter((service) => service !== 'open-webui'),
      [],
    );
    assert.ok(texts.length <= 1, `${texts.length} requests`);
    for (const text of texts) {
      const { first, rest } = strictRequest(text);
      assert.deepEqual([/^(GET|POST) \/a HTTP\/1\.1$/.test(first), rest], [true, ''], text);
      assert.doesNotMatch(text, /^Upgrade:/m);
    }
  });
}

test('the second of two requests is one of its own, with limits and sign-in of its own', { skip }, async () => {
  const seen = await seenDuring(async () => {
    const both = await exchange(
      proxy(),
      `GET /a HTTP/1.1\r\n${host}\r\nGET /muster/prometheus/ HTTP/1.1\r\n${host}\r\n`,
    );
    assert.deepEqual(both.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 401']);
  });
  assert.deepEqual(Object.keys(seen), ['open-webui']);
});
