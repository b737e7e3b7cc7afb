// Does the program with TLS start, say what is wrong with its settings, and know its own health?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairIn, testAuthority } from '../../../support/certificates.ts';
import { temporaryFolder, testEnvironment } from '../support/orchestrator.ts';
import { runCommand, spawnOrchestrator } from '../support/process.ts';

test('health is exit 0 while it serves with TLS, 1 when it does not, and 1 when TLS is asked of a plain one', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const { env: tls, put } = pairIn(folder);
  put(await (await testAuthority()).issue(['elsewhere.example']));
  const codeOf = async (env: Record<string, string>) =>
    (await runCommand(['health'], testEnvironment(folder, { env }))).code;
  const running = await spawnOrchestrator(t, folder, tls);
  assert.match(running.admin.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const listen = { MUSTER_LISTEN: new URL(running.admin.url).host };
  assert.deepEqual([await codeOf({ ...listen, ...tls }), await codeOf(listen)], [0, 1]);
  await running.end('SIGTERM');
  assert.equal(await codeOf({ ...listen, ...tls }), 1);
  await spawnOrchestrator(t, folder, listen);
  assert.deepEqual([await codeOf({ ...listen, ...tls }), await codeOf(listen)], [1, 0]);
});

test('one file without the other is a problem of the settings, exit 2', async (t) => {
  const folder = temporaryFolder(t);
  const said = async (env: Record<string, string>) => {
    const { code, err } = await runCommand([], testEnvironment(folder, { env }));
    return [code, err];
  };
  assert.deepEqual(await said({ MUSTER_TLS_CERT_FILE: '/a' }), [
    2,
    'muster-orchestrator: MUSTER_TLS_KEY_FILE: expected the file with the key of MUSTER_TLS_CERT_FILE, got nothing; set both or neither\n',
  ]);
  assert.deepEqual(await said({ MUSTER_TLS_KEY_FILE: '/a' }), [
    2,
    'muster-orchestrator: MUSTER_TLS_CERT_FILE: expected the file with the certificate of MUSTER_TLS_KEY_FILE, got nothing; set both or neither\n',
  ]);
});

test('files that cannot be served end it with exit 3 and a line for each', async (t) => {
  const folder = temporaryFolder(t);
  await runCommand(['secrets'], testEnvironment(folder));
  const { code, err } = await runCommand([], testEnvironment(folder, { env: pairIn(folder).env }));
  assert.equal(code, 3);
  const names = [...err.matchAll(/^muster-orchestrator: (\w+): expected .* found no file \(ENOENT\)/gm)].map(
    ([, name]) => name,
  );
  assert.deepEqual([names, err.split('\n').length], [['MUSTER_TLS_CERT_FILE', 'MUSTER_TLS_KEY_FILE'], 3]);
});
