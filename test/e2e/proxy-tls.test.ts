// Which TLS does the proxy speak? Asked by OpenSSL, with everything old allowed on the client's side.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { noNginx, type ProxyBench, startProxy } from '../support/proxy-bench.ts';
import { exchange } from '../support/raw-http.ts';

const skip = noNginx();
const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
let proxy: ProxyBench;

before(async () => {
  if (!skip)
    proxy = await startProxy(folder, 'name: home\nservices: { proxy: { hosts: [ai.example.org, localhost] } }');
});

after(async () => {
  if (!skip) await proxy.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** `TLSv1.3 TLS_AES_256_GCM_SHA384` as agreed, or null when there was no agreement. */
function agreed(...options: readonly string[]): string | null {
  const address = ['-connect', `127.0.0.1:${proxy.https}`, '-servername', 'ai.example.org'];
  const trust = [
    '-CAfile',
    join(folder, 'secrets/authority/ca.crt'),
    '-verify_return_error',
    '-verify_hostname',
    'ai.example.org',
  ];
  const { stdout } = spawnSync('openssl', ['s_client', ...address, ...trust, ...options], {
    input: '',
    encoding: 'utf8',
  });
  const [, version, cipher] = /^New, (\S+), Cipher is (\S+)$/m.exec(stdout) ?? [];
  return cipher === undefined || cipher === '(NONE)' ? null : `${version} ${cipher}`;
}

test('TLS 1.3 and 1.2 are spoken, with a certificate that the authority signed', { skip }, () => {
  assert.match(agreed('-tls1_3') ?? '', /^TLSv1\.3 TLS_/);
  assert.equal(agreed('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'), 'TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256');
});

test('older versions and weak ciphers are refused', { skip }, () => {
  const old = ['-tls1', '-tls1_1'].map((version) => agreed(version, '-cipher', 'ALL:@SECLEVEL=0'));
  const weak = [
    'ECDHE-ECDSA-AES128-SHA256',
    'ECDHE-ECDSA-AES256-SHA',
    'ECDHE-ECDSA-AES256-CCM8',
    'AES128-GCM-SHA256',
    'DHE-RSA-AES128-GCM-SHA256',
    'NULL',
    'aNULL',
    'CAMELLIA',
  ].map((cipher) => agreed('-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`));
  assert.deepEqual([...old, ...weak], Array(10).fill(null));
});

test('no session ticket is given out, and no session is resumed by one', { skip }, () => {
  const { stdout } = spawnSync(
    'openssl',
    ['s_client', '-connect', `127.0.0.1:${proxy.https}`, '-tls1_2', '-servername', 'localhost'],
    { input: '', encoding: 'utf8' },
  );
  assert.match(stdout, /Cipher is ECDHE/);
  assert.doesNotMatch(stdout, /TLS session ticket:/);
});

test('compression and renegotiation by the client are off', { skip }, () => {
  const { stdout, stderr } = spawnSync(
    'openssl',
    ['s_client', '-connect', `127.0.0.1:${proxy.https}`, '-tls1_2', '-servername', 'localhost'],
    { input: 'R\n', encoding: 'utf8' },
  );
  assert.match(stdout, /^Compression: NONE$/m);
  assert.match(stdout + stderr, /no renegotiation|RENEGOTIATING/);
  assert.doesNotMatch(stdout, /verify return:1[\s\S]*RENEGOTIATING[\s\S]*verify return:1/);
});

test('browsers keep to TLS for two years, but not on localhost, where other ports have none', { skip }, async () => {
  const ask = (name: string) =>
    exchange(proxy, `GET /muster/ HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`, { name });
  assert.match(await ask('ai.example.org'), /^Strict-Transport-Security: max-age=63072000\r$/m);
  assert.doesNotMatch(await ask('localhost'), /Strict-Transport-Security/);
});
