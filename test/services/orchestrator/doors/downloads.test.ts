// Does a machine get the files that are listed, with a token that may have them, and nothing else?
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { agentPaths, type InviteCreated } from '../../../../services/protocol/index.ts';
import { startOrchestrator, temporaryFolder, testClass } from '../support/orchestrator.ts';
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
  return { ...bench, invite, folder };
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

test('without a folder of its host it offers what an admin brings, and only that, across a restart', async (t) => {
  const bench = await startOrchestrator(t);
  const { admin } = bench;
  const digests: Record<string, string> = {};
  for (const text of ['first', 'second']) {
    const digest = createHash('sha256').update(text).digest('hex');
    assert.equal((await admin.call('PUT', `/api/v1/blobs/${digest}`, { bytes: Buffer.from(text) })).status, 201);
    digests[text] = digest;
  }
  const { first = '', second = '' } = digests;
  assert.deepEqual((await admin.get('/api/v1/downloads')).json, { folder: null, files: {} });
  const put = async (files: Record<string, string>) =>
    (await admin.call('PUT', '/api/v1/downloads', { body: { files } })).status;
  assert.deepEqual(
    await Promise.all([put({ 'install.sh': first, agent: second }), put({ 'install.sh': second, agent: first })]),
    [200, 200],
  );
  assert.deepEqual((await admin.get('/downloads/SHA256SUMS')).text, `${first}  agent\n${second}  install.sh\n`);
  const texts = async ({ get }: typeof admin) =>
    Promise.all(
      ['install.sh', 'downloads/agent', 'downloads/install.sh'].map(async (path) => (await get(`/${path}`)).text),
    );
  assert.deepEqual(await texts(admin), ['second', 'first', 'second']);
  const refused: readonly Record<string, string>[] = [
    { agent: sum },
    { '../agent': first },
    { '.agent': first },
    { agent: 'x' },
  ];
  for (const files of refused) assert.equal(await put(files), 422, JSON.stringify(files));
  assert.equal(await put({ 'install.sh': first }), 200);
  const later = await bench.restart();
  assert.deepEqual((await later.admin.get('/api/v1/downloads')).json, { folder: null, files: { 'install.sh': first } });
  assert.equal((await later.admin.get('/downloads/agent')).status, 404);
  assert.deepEqual(readdirSync(join(bench.folder, 'downloads')).sort(), ['SHA256SUMS', 'install.sh']);
});

test('a folder of the host is told, and takes nothing', async (t) => {
  const { admin, folder } = await offering(t);
  const { json } = await admin.get('/api/v1/downloads');
  assert.deepEqual([json.folder, json.files['install.sh']], [folder, sum]);
  const refused = await admin.call('PUT', '/api/v1/downloads', { body: { files: {} } });
  assert.deepEqual([refused.status, refused.json.error.code], [409, 'downloads_of_host']);
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

test('a worker and a class may fetch; a stranger may not, nor a class that is gone', async (t) => {
  const bench = await offering(t);
  const secret = bench.classSecret('worker-01');
  const worker = await registerAgent(bench, secret);
  const statuses = (place: Pick<typeof bench, 'client'>, file: string) =>
    Promise.all(
      [worker.token, secret, 'mi_unknown', 'mc_unknown'].map(
        async (token) => (await place.client(token).get(`/downloads/${file}`)).status,
      ),
    );
  assert.deepEqual(await statuses(bench, 'SHA256SUMS'), [200, 200, 401, 401]);
  assert.deepEqual(await statuses(bench, 'ca.crt'), [404, 404, 401, 401], 'an invite alone brings an authority');
  const later = await bench.restart({ classes: [{ ...testClass, name: 'another' }] });
  assert.deepEqual(await statuses(later, 'SHA256SUMS'), [200, 401, 401, 401]);
});

test('the authority that an invite came with is handed to its machine, across a restart', async (t) => {
  const bench = await offering(t);
  const { token } = await bench.invite({ authority });
  const later = await bench.restart();
  assert.equal((await later.client(token).get('/downloads/ca.crt')).text, authority);
});
