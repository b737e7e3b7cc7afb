// Which paths lead where, and who may go there?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noNginx } from '../support/proxy-bench.ts';
import { exchange, statusOf, strictRequest } from '../support/raw-http.ts';
import { host, recordedProxy } from '../support/recorded-proxy.ts';

const skip = noNginx();
const { proxy, seenDuring } = recordedProxy();
/** The rest of a request line to a call of Ollama that is closed to the outside. */
const closedCalls = [
  'pull',
  'push',
  'create',
  'copy',
  'delete',
  'blobs/sha256:0',
  'show',
  'ps',
  'me',
  'experimental/x',
];
const detours = (call: string): readonly string[] => [
  `/api/${call}`,
  `//api/${call}`,
  `/api//${call}`,
  `/api/./${call}`,
  `/api/chat/../${call}`,
  `/v1/../api/${call}`,
  `/v1/..%2fapi/${call}`,
  `/v1/%2e%2e/api/${call}`,
  `/v1/%2e%2e%2fapi%2f${call}`,
  `/v1/..%252fapi/${call}`,
  `/v1/..%5capi/${call}`,
  `/v1\\..\\api\\${call}`,
  `/v1/..;/api/${call}`,
  `/api%2f${call}`,
  `/API/${call}`,
  `/api/${call.toUpperCase()}`,
  `/api/${call}/`,
  `/api/${call}?x=/api/chat`,
  `/api/${call}#/api/chat`,
  `/api/chat%00/../${call}`,
  `/api/chat%0d%0aX:%20y`,
];

test('no detour leads to a closed call of Ollama, with the right key too', { skip }, async () => {
  const passed: string[] = [];
  for (const path of closedCalls.flatMap(detours)) {
    const seen = await seenDuring(() =>
      exchange(
        proxy(),
        `POST /muster/ollama${path} HTTP/1.1\r\n${host}Authorization: Bearer ${proxy().modelKey}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
        { quietMs: 3000 },
      ),
    );
    for (const text of seen.ollama ?? []) {
      const { first } = strictRequest(text);
      const asked = decodeURIComponent(decodeURIComponent(first.split(' ')[1] ?? ''));
      // Whatever decodes it, once or twice, must stay below /v1/.
      const { pathname } = new URL(asked.replaceAll('\\', '/'), 'http://x');
      if (!pathname.startsWith('/v1/') || first.includes('..')) passed.push(`${path} → ${first}`);
    }
  }
  assert.deepEqual(passed, []);
});

test('the open calls of Ollama need the key, and reach it without it', { skip }, async () => {
  const ask = (method: string, path: string, key: string) =>
    exchange(
      proxy(),
      `${method} /muster/ollama${path} HTTP/1.1\r\n${host}Authorization: ${key}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  const key = `Bearer ${proxy().modelKey}`;
  const right = await seenDuring(async () => {
    const paths = ['/api/chat', '/api/generate', '/api/embed', '/v1/chat/completions'];
    for (const path of paths) assert.equal(statusOf(await ask('POST', path, key)), 200, path);
    for (const path of ['/api/tags', '/v1/models']) assert.equal(statusOf(await ask('GET', path, key)), 200, path);
  });
  assert.equal(right.ollama?.length, 6);
  for (const text of right.ollama ?? []) assert.doesNotMatch(text, /authorization|mo_/i);
  const wrong = await seenDuring(async () => {
    const keys = [
      '',
      'Bearer',
      `Bearer ${proxy().modelKey}x`,
      `Bearer x${proxy().modelKey}`,
      `Basic ${proxy().modelKey}`,
      key.toUpperCase(),
    ];
    for (const each of keys) {
      for (const path of ['/api/chat', '/v1/models', '/api/pull', '/'])
        assert.equal(statusOf(await ask('POST', path, each)), 401, `${each} ${path}`);
    }
    assert.equal(statusOf(await ask('DELETE', '/v1/models/a', key)), 403);
  });
  assert.deepEqual(wrong, {});
});

test('every dashboard is closed without the password', { skip }, async () => {
  const pages = ['prometheus', 'alertmanager', 'grafana', 'dask'].flatMap((page) => [
    `/muster/${page}/`,
    `/muster/${page}/api/v1/status/config`,
    `/muster//${page}/`,
    `/muster/./${page}/graph`,
    `/muster/x/../${page}/`,
    `/muster/%67rafana/../${page}/`,
    `//muster/${page}/`,
  ]);
  const basic = (text: string): string => `Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`;
  const wrong = [
    '',
    basic('admin:'),
    basic('admin:wrong'),
    basic(`root:${proxy().password}`),
    `Authorization: Bearer ${proxy().modelKey}\r\n`,
  ];
  const ask = (path: string, header: string) =>
    exchange(proxy(), `GET ${path} HTTP/1.1\r\n${host}${header}Connection: close\r\n\r\n`);
  const seen = await seenDuring(async () => {
    for (const header of wrong) {
      for (const path of ['/muster/', ...pages])
        assert.equal(statusOf(await ask(path, header)), 401, `${path} ${header}`);
    }
  });
  assert.deepEqual(seen, {});
  const right = await seenDuring(async () => {
    for (const path of ['/muster/', ...pages])
      assert.equal(statusOf(await ask(path, basic(`admin:${proxy().password}`))), 200, path);
  });
  assert.deepEqual(Object.keys(right).sort(), ['alertmanager', 'dask-scheduler', 'grafana', 'prometheus']);
  for (const text of Object.values(right).flat()) assert.doesNotMatch(text, /^authorization:/im);
});

test('other paths below /muster/ are nobody’s, and a case of its own is the chat page’s', { skip }, async () => {
  const seen = await seenDuring(async () => {
    for (const path of ['/muster/x', '/muster/apix/', '/muster/..%2fmuster/secrets', '/muster/index.html'])
      assert.equal(
        statusOf(await exchange(proxy(), `GET ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)),
        404,
        path,
      );
    assert.equal(
      statusOf(await exchange(proxy(), `GET /../../etc/passwd HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)),
      400,
    );
  });
  assert.deepEqual(seen, {});
});
