// Do key and certificate come into the folder of a running orchestrator together, or not at all?
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pairIn, testAuthority } from '../../../support/certificates.ts';
import { temporaryFolder } from '../support/orchestrator.ts';
import { runCommand } from '../support/process.ts';

test('a pair that fits is put there for its user alone; half of one changes nothing and is said', async (t) => {
  const folder = temporaryFolder(t);
  const to = join(folder, 'to');
  mkdirSync(to);
  const { env, put } = pairIn(folder);
  const authority = await testAuthority();
  const [first, second] = [await authority.issue(), await authority.issue()];
  const handOver = (...args: string[]) => runCommand(['tls', ...args], env);
  const there = () => ['tls.crt', 'tls.key'].map((name) => readFileSync(join(to, name), 'utf8'));
  put(first);
  assert.deepEqual(await handOver(to), { code: 0, out: '', err: '' });
  assert.deepEqual(there(), [first.certificate, first.key]);
  put({ certificate: second.certificate });
  const half = await handOver(to);
  assert.deepEqual(
    [half.code, /expected the key of the certificate in .*found that of another/.test(half.err)],
    [3, true],
  );
  assert.deepEqual(there(), [first.certificate, first.key]);
  put({ key: second.key });
  assert.equal((await handOver(to)).code, 0);
  assert.deepEqual(there(), [second.certificate, second.key]);
  assert.deepEqual(
    readdirSync(to).map((name) => [name, statSync(join(to, name)).mode & 0o777]),
    [
      ['tls.crt', 0o600],
      ['tls.key', 0o600],
    ],
  );
  assert.deepEqual(await handOver(), {
    code: 2,
    out: '',
    err: 'muster-orchestrator: tls: expected a FOLDER, MUSTER_TLS_CERT_FILE and MUSTER_TLS_KEY_FILE\n',
  });
});
