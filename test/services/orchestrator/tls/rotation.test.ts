// Does a new certificate come into use while streams and requests go on, with none of them lost?
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect } from 'node:tls';
import { pairIn, type TestPair, testAuthority } from '../../../support/certificates.ts';
import { createClient } from '../support/client.ts';
import { startOrchestrator, temporaryFolder } from '../support/orchestrator.ts';
import { connectAgent } from '../support/scripted-agent.ts';

const limitMs = 15_000;

const secured = async (t: TestContext) => {
  const authority = await testAuthority();
  const pair = pairIn(temporaryFolder(t));
  pair.put(await authority.issue());
  const bench = await startOrchestrator(t, { env: pair.env, ca: authority.ca });
  return { authority, bench, put: pair.put, port: Number(new URL(bench.running.url).port) };
};

const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber;

/** What a new connection is shown. */
const shown = async (port: number, ca: string): Promise<string> => {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
};

const untilShown = async (port: number, { certificate }: TestPair, ca: string): Promise<void> => {
  const endMs = performance.now() + limitMs;
  while ((await shown(port, ca)) !== serialOf(certificate)) {
    if (performance.now() > endMs) throw new Error('the new certificate did not come into use');
    await setTimeout(20);
  }
};

test('under load three new certificates cost no request and no stream', { timeout: 60_000 }, async (t) => {
  const { authority, bench, port, put } = await secured(t);
  const agents = await Promise.all(Array.from({ length: 3 }, () => connectAgent(t, bench)));
  let done = false;
  const answers: number[] = [];
  const load = Array.from({ length: 6 }, async () => {
    while (!done) answers.push((await bench.admin.get('/api/v1/status')).status);
  });
  for (let count = 0; count < 3; count++) {
    const next = await authority.issue();
    put(next);
    await untilShown(port, next, authority.ca);
    // As many again by the new one, however slow this machine is.
    for (const before = answers.length; answers.length < before + 30; ) await setTimeout(20);
  }
  done = true;
  await Promise.all(load);
  t.diagnostic(`${answers.length} requests, each on a connection of its own`);
  assert.deepEqual(
    answers.filter((status) => status !== 200),
    [],
  );
  const offers = agents.map(({ events }) => events.next('offer'));
  const command = ['true'];
  await bench.admin.post('/api/v1/jobs/batch', { jobs: agents.map(() => ({ command, cpus: 4 })) });
  assert.equal(new Set((await Promise.all(offers)).map(({ data }) => data.job)).size, agents.length);
});

test('plain HTTP gets told that TLS is spoken here', async (t) => {
  const { bench } = await secured(t);
  const plain = createClient(bench.running.url.replace('https:', 'http:'), {});
  for (let count = 0; count < 20; count++) {
    const { json, status } = await plain.post('/api/v1/agent/register', { name: 'a' });
    assert.deepEqual(
      [status, json],
      [400, { error: { code: 'tls_required', message: 'this port speaks TLS: write https:// for http://' } }],
    );
  }
});

test('a stop resets the streams, and waits for nobody who never shook hands', { timeout: limitMs }, async (t) => {
  const { bench, port } = await secured(t);
  const agent = await connectAgent(t, bench);
  const silent = connectPlain(port, '127.0.0.1').on('error', () => {});
  await once(silent, 'connect');
  const begun = performance.now();
  await bench.running.stop();
  assert.equal(await agent.events.ended, 'reset');
  assert.ok(performance.now() - begun < 5_000);
  silent.destroy();
});
