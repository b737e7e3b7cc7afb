// Does a machine that is invited find installer and agent behind the proxy, and nothing else beside them?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noNginx } from '../support/proxy-bench.ts';
import { exchange, strictRequest } from '../support/raw-http.ts';
import { host, recordedProxy } from '../support/recorded-proxy.ts';

const skip = noNginx();
const { proxy, seenDuring } = recordedProxy();

/** What the orchestrator was asked while a machine asked the proxy for `path`. */
const asked = async (path: string): Promise<readonly string[]> => {
  const request = `GET ${path} HTTP/1.1\r\n${host}Authorization: Bearer mi_x\r\nConnection: close\r\n\r\n`;
  const seen = await seenDuring(() => exchange(proxy(), request, { quietMs: 3000 }));
  return (seen.orchestrator ?? []).map((text) => strictRequest(text).first);
};

test('the installer and what it fetches are asked for below /muster, past no sign-in', { skip }, async () => {
  assert.deepEqual(await asked('/muster/install.sh'), ['GET /install.sh HTTP/1.1']);
  assert.deepEqual(await asked('/muster/downloads/SHA256SUMS'), ['GET /downloads/SHA256SUMS HTTP/1.1']);
});

test('no other path of the orchestrator opens with them', { skip }, async () => {
  const paths = [
    'install.sh/',
    'install.sh.bak',
    'downloads',
    'metrics',
    'ready',
    'downloads/../metrics',
    'downloads/..%2fmetrics',
  ];
  const opened = await Promise.all(paths.map(async (path) => [path, await asked(`/muster/${path}`)] as const));
  assert.deepEqual(
    opened.flatMap(([, requests]) => requests).filter((request) => !request.startsWith('GET /downloads/')),
    [],
  );
});
