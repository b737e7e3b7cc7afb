// Does an agent talk only to an orchestrator whose certificate the pinned authority signed, and say what is wrong else?
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createHttp, readBody } from '../../../services/agent/wire/http.ts';
import { startAgentProcess, type TestAgent } from '../../support/agent-process.ts';
import { pairIn, type TestPair, testAuthority } from '../../support/certificates.ts';
import { ownFolder } from '../../support/folder.ts';
import { startOrchestrator } from '../orchestrator/support/orchestrator.ts';

const authorities = Promise.all([testAuthority('ours'), testAuthority('another')]);
const remedy = 'if it is yours, name that one: MUSTER_CA_FILE=FILE';

/** A server with this certificate, which counts the requests that reach it. */
const serve = async (t: TestContext, { certificate, key }: TestPair, options: ServerOptions = {}) => {
  const heard: (string | undefined)[] = [];
  const server = createServer({ ...options, cert: certificate, key }, (request, reply) => {
    heard.push(request.headers.authorization);
    reply.end('{}');
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { heard, server, port: (server.address() as AddressInfo).port };
};

const fileWith = (t: TestContext, text: string): string => {
  const file = join(ownFolder(t), 'ca.crt');
  writeFileSync(file, text);
  return file;
};

/** What one request says that fails. */
const refusal = async (t: TestContext, url: string, caFile: string | null): Promise<string> => {
  const http = await createHttp(new URL(url), caFile);
  t.after(() => http.close());
  const request = { method: 'GET', path: '/', token: 'wt_secret', idleMs: 5_000 } as const;
  const said = new Set<string>();
  for (const lane of ['control', 'bulk', 'own'] as const)
    await http.send({ ...request, lane }).then(
      () => assert.fail(`${lane}: an answer came`),
      (error: Error) => said.add(error.message),
    );
  assert.equal(said.size, 1, 'every lane says the same');
  return [...said].join();
};

test('an authority that is not pinned is refused on every lane, and nothing is sent', async (t) => {
  const [ours, another] = await authorities;
  const { heard, port } = await serve(t, await another.issue());
  const url = `https://127.0.0.1:${port}`;
  const ca = fileWith(t, ours.ca);
  const expected = `${url}: expected a certificate signed by`;
  assert.equal(
    await refusal(t, url, ca),
    `${expected} an authority in ${ca} (MUSTER_CA_FILE), found one by another authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE); ${remedy}`,
  );
  assert.equal(
    await refusal(t, url, null),
    `${expected} an authority that every machine knows, found one by another authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE); ${remedy}`,
  );
  assert.deepEqual(heard, []);
});

test('several authorities may stand in the file, and every lane takes each of them', async (t) => {
  const [ours, another] = await authorities;
  const { heard, port } = await serve(t, await ours.issue());
  const http = await createHttp(new URL(`https://127.0.0.1:${port}`), fileWith(t, another.ca + ours.ca));
  t.after(() => http.close());
  for (const lane of ['control', 'bulk', 'own'] as const) {
    const request = { method: 'GET', path: '/', token: 'wt_secret', idleMs: 5_000, lane } as const;
    await readBody(await http.send(request));
  }
  assert.deepEqual(heard, Array(3).fill('Bearer wt_secret'));
});

test('what has ended, what begins later and what is for another name are refused, each with its reason', async (t) => {
  const [{ ca, issue }] = await authorities;
  const file = fileWith(t, ca);
  const day = 86_400_000;
  const refused = async (pair: TestPair, host: string) => {
    const { heard, port } = await serve(t, pair);
    const said = (await refusal(t, `https://${host}:${port}`, file)).replace(`https://${host}:${port}: `, '');
    assert.deepEqual(heard, []);
    return said;
  };
  assert.equal(
    await refused(await issue(['localhost'], new Date(Date.now() - 400 * day)), '127.0.0.1'),
    'expected a certificate that still holds, found one that has ended; renew it there, or set the clock of this machine',
  );
  assert.equal(
    await refused(await issue(['localhost'], new Date(Date.now() + 2 * day)), '127.0.0.1'),
    'expected a certificate that holds already, found one that begins later; set the clocks of both machines',
  );
  assert.equal(
    await refused(await issue(['node1', '10.250.0.11']), 'localhost'),
    'expected a certificate for localhost, found one for DNS:node1, IP Address:10.250.0.11, IP Address:127.0.0.1, ' +
      'IP Address:0:0:0:0:0:0:0:1; call it by one of these, or have one made for this name too',
  );
});

test('TLS 1.1 and a port without TLS are refused, each with its reason', async (t) => {
  const [{ ca, issue }] = await authorities;
  const file = fileWith(t, ca);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
  const { heard, port } = await serve(t, await issue(), old);
  assert.match(await refusal(t, `https://127.0.0.1:${port}`, file), /: expected TLS 1\.2 or later, found an older one/);
  const plain = createPlainServer((_request, reply) => void reply.end(heard.push('plain'))).listen(0, '127.0.0.1');
  t.after(() => plain.close());
  await once(plain, 'listening');
  const url = `https://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  assert.equal(
    await refusal(t, url, file),
    `${url}: expected TLS, found another protocol; if it has no certificate, write ${url.replace('https', 'http')}`,
  );
  assert.deepEqual(heard, []);
});

test('a file that holds no authority is one sentence', async (t) => {
  const [{ ca }] = await authorities;
  const url = new URL('https://127.0.0.1:1');
  const said = async (file: string) =>
    createHttp(url, file).then(
      () => assert.fail('it was taken'),
      (error: Error) => error.message.replace(file, 'FILE'),
    );
  const expected = 'MUSTER_CA_FILE: expected the certificate of an authority (PEM) in FILE, found';
  const remedy = "name the file authority/ca.crt of the cluster's secrets";
  assert.deepEqual(
    [await said('/nowhere'), await said(fileWith(t, 'text')), await said(fileWith(t, ca + ca.slice(0, 200)))],
    [
      `${expected} no file that can be read (ENOENT); ${remedy}`,
      `${expected} none; ${remedy}`,
      `${expected} one that is not whole; ${remedy}`,
    ],
  );
});

const saying = async (agent: TestAgent, pattern: RegExp): Promise<string> => {
  const endMs = performance.now() + 20_000;
  for (;;) {
    const line = agent.lines.find((each) => pattern.test(each));
    if (line !== undefined) return line;
    if (performance.now() > endMs) throw new Error(`it never said ${pattern}:\n${agent.lines.join('\n')}`);
    await new Promise((done) => setTimeout(done, 20));
  }
};

test('a pinned authority is the only one; an agent that pins another comes in once its file is right, and works', async (t) => {
  const [ours, another] = await authorities;
  const folder = ownFolder(t);
  const { env, put } = pairIn(folder);
  put(await ours.issue());
  const bench = await startOrchestrator(t, { env, ca: ours.ca });
  const ca = fileWith(t, another.ca);
  const secret = join(folder, 'secret');
  writeFileSync(secret, bench.classSecret('worker-01'));
  const agent = startAgentProcess(t, {
    MUSTER_ORCHESTRATOR_URL: bench.running.url,
    MUSTER_CA_FILE: ca,
    MUSTER_TOKEN_FILE: secret,
    MUSTER_STATE: join(folder, 'state'),
    MUSTER_WORKER_CLASS: 'worker-01',
    // The ways around that Node offers lead nowhere.
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_EXTRA_CA_CERTS: fileWith(t, ours.ca),
  });
  t.after(async () => {
    agent.child.kill('SIGKILL');
    await agent.exited;
  });
  const { level, message, reason } = JSON.parse(await saying(agent, /cannot register/));
  assert.deepEqual([level, message], ['warn', 'cannot register, trying again']);
  assert.match(reason, new RegExp(`^${bench.running.url}: expected a certificate signed by an authority in ${ca} `));
  assert.equal(bench.running.house.conductor.state().workers.size, 0);
  writeFileSync(ca, ours.ca);
  await saying(agent, /"message":"registered"/);
  const { json } = await bench.admin.post('/api/v1/jobs', { command: ['sh', '-c', 'echo over TLS'] });
  const endMs = performance.now() + 20_000;
  for (let state = ''; state !== 'succeeded'; ) {
    state = (await bench.admin.get(`/api/v1/jobs/${json.id}`)).json.state;
    if (performance.now() > endMs) throw new Error(`the job is ${state}:\n${agent.lines.join('\n')}`);
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.equal((await bench.admin.get(`/api/v1/jobs/${json.id}/logs`)).text, 'over TLS\n');
});
