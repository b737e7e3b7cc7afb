// Does a machine get the files that are listed, with a token that may have them, and nothing else?
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { agentPaths, type InviteCreated } from '../../../../services/protocol/index.ts';
import { startOrchestrator, temporaryFolder } from '../support/orchestrator.ts';
import { registerAgent } from '../support/scripted-agent.ts';

const sum = 'ab'.repeat(32);
const authority = `-----BEGIN CERTIFICATE-----\n${randomBytes(48).toString('base64')}\n-----END CERTIFICATE-----\n`;

const offering = async (t: TestContext) => {
  const folder = join(temporaryFolder(t), 'downloads');
  mkdirSync(folder);
  const names = ['install.sh', 'muster-agent-linux-x64', 'folder', 'absent', '../secret', '.hidden', 'a b'];
  writeFileSync(join(folder, 'SHA256SUMS'), names.map((name) => `${sum}  ${name}\n`).join(''));
  for (const name of ['install.sh', 'muster-agent-linux-x64', 'unlisted', '.hidden', 'a b'])
    writeFileSync(join(folder, name), `this is ${name}`);
  writeFileSync(join(folder, '../muster-test-secret'), 'secret');
  symlinkSync('unlisted', join(folder, 'link'));
  mkdirSync(join(folder, 'folder'));
  const bench = await startOrchestrator(t, { env: { MUSTER_DOWNLOADS: folder } });
  const invite = async (body = {}): Promise<InviteCreated> => (await bench.admin.post('/api/v1/invites', body)).json;
  return { ...bench, invite };
};

test('what is listed is sent with its length, what is not is 404, whoever asks', async (t) => {
  const { admin, invite, client } = await offering(t);
  const machine = client((await invite()).token);
  const sent = await machine.get('/downloads/muster-agent-linux-x64');
  assert.deepEqual(
    [sent.status, sent.text, sent.headers['content-length']],
    [200, 'this is muster-agent-linux-x64', '30'],
  );
  assert.match((await machine.get('/downloads/SHA256SUMS')).text, /install\.sh/);
  const refused = ['unlisted', 'link', 'folder', 'absent', '.hidden', 'a%20b', 'ca.crt', 'nothing'];
  const outside = [
    '..%2fsecret',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2fmuster-test-secret',
    '..',
    'folder%2f..%2funlisted',
  ];
  for (const name of [...refused, ...outside])
    for (const who of [machine, admin]) assert.equal((await who.get(`/downloads/${name}`)).status, 404, name);
});

test('the installer is open; without the setting there is nothing, and that is said', async (t) => {
  const { client } = await offering(t);
  const nobody = { ...client(''), headers: {} };
  assert.equal((await nobody.call('GET', '/install.sh')).text, 'this is install.sh');
  const without = await startOrchestrator(t);
  const { json, status } = await without.admin.get('/install.sh');
  assert.deepEqual([status, json.error.code], [404, 'no_downloads']);
});

test('an invite fetches while it is open and for an hour after its use; then it is 410, and a worker still may', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { admin, client, invite } = await offering(t);
  const [used, expired, revoked] = [await invite(), await invite({ expiresSeconds: 60 }), await invite()];
  const statusOf = async (token: string) => (await client(token).get('/downloads/SHA256SUMS')).status;
  await client(used.token).post(agentPaths.join, { tokenHash: sum });
  await admin.call('DELETE', `/api/v1/invites/${revoked.id}`);
  const all = () => Promise.all([used, expired, revoked].map(({ token }) => statusOf(token)));
  assert.deepEqual(await all(), [200, 200, 410]);
  t.mock.timers.tick(60_000);
  assert.deepEqual(await all(), [200, 410, 410]);
  t.mock.timers.tick(3_540_000);
  assert.deepEqual(await all(), [410, 410, 410]);
});

test('a worker may fetch; a class and a stranger may not', async (t) => {
  const bench = await offering(t);
  const secret = bench.classSecret('worker-01');
  const worker = await registerAgent(bench, secret);
  const statuses = [worker.token, secret, 'mi_unknown'].map(
    async (token) => (await bench.client(token).get('/downloads/SHA256SUMS')).status,
  );
  assert.deepEqual(await Promise.all(statuses), [200, 403, 401]);
});

test('the authority that an invite came with is handed to its machine, across a restart', async (t) => {
  const bench = await offering(t);
  const { token } = await bench.invite({ authority });
  const later = await bench.restart();
  assert.equal((await later.client(token).get('/downloads/ca.crt')).text, authority);
});
