// Is the orchestrator told over TLS, by the authority and the token that the agent left, and by nobody else's?
import { deepStrictEqual } from 'node:assert';
import { once } from 'node:events';
import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keepContact, readContact } from '../../../../services/agent/failures/contact.ts';
import { tell } from '../../../../services/agent/failures/tell.ts';
import { type TestAuthority, testAuthority } from '../../../support/certificates.ts';
import { ownFolder } from '../../../support/folder.ts';

const failing = { count: 3, since: '2026-01-02T03:04:05.678Z', reason: 'it hung and was killed', lines: ['a'] };

/** An orchestrator with a certificate of `signer`, and the folder of an agent that was connected to it. */
const stage = async (t: TestContext, signer: TestAuthority) => {
  const { certificate: cert, key } = await signer.issue();
  const heard: unknown[] = [];
  const server = createServer({ cert, key }, async (request, reply) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    heard.push([request.method, request.url, request.headers.authorization, JSON.parse(text)]);
    reply.end('{}');
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const state = ownFolder(t);
  return { heard, state, url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/muster`) };
};

test('told with the token of the agent, and the authority that was pinned, though both files are gone', async (t) => {
  const ours = await testAuthority('ours');
  const { heard, state, url } = await stage(t, ours);
  const caFile = join(state, 'given');
  writeFileSync(caFile, ours.ca);
  chmodSync(caFile, 0o400);
  for (let n = 0; n < 2; n++) keepContact(state, { url, token: 'wt_own', caFile });
  rmSync(caFile);
  deepStrictEqual(
    ['contact.crt', 'contact.json'].map((name) => statSync(join(state, name)).mode & 0o777),
    [0o600, 0o600],
  );
  await tell(state, failing);
  deepStrictEqual(heard, [['POST', '/muster/api/v1/agent/failing', 'Bearer wt_own', { failing }]]);
});

test('nothing is sent to whom another authority has signed for', async (t) => {
  const { heard, state, url } = await stage(t, await testAuthority('another'));
  const caFile = join(state, 'given');
  writeFileSync(caFile, (await testAuthority('ours')).ca);
  keepContact(state, { url, token: 'wt_own', caFile });
  await tell(state, failing);
  // What is pinned no longer is not taken for pinned, and the world's authorities have not signed it either.
  keepContact(state, { url, token: 'wt_own', caFile: null });
  deepStrictEqual(readContact(state)?.caFile, null);
  await tell(state, failing);
  deepStrictEqual(heard, []);
});

test('an agent that was never let in tells nobody', async (t) => {
  const state = ownFolder(t);
  deepStrictEqual(readContact(state), null);
  await tell(state, failing);
});
