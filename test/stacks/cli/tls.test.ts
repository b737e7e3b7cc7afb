// Does `muster` reach an orchestrator with a certificate of its own, and refuse whoever it cannot trust?
import { deepStrictEqual, match, ok } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { run } from '../../../stacks/cli/index.ts';
import { startOrchestrator, temporaryFolder } from '../../services/orchestrator/support/orchestrator.ts';
import { pairIn, type TestPair, testAuthority } from '../../support/certificates.ts';
import { root } from '../../support/sources.ts';

const [ours, another] = await Promise.all([testAuthority('ours'), testAuthority('another')]);

/** An orchestrator with TLS, and a `muster` that has its key and nothing else. */
const place = async (t: TestContext, pair?: TestPair) => {
  const folder = temporaryFolder(t);
  const { env: tls, put } = pairIn(folder);
  put(pair ?? (await ours.issue()));
  const { running } = await startOrchestrator(t, { env: tls, folder, ca: ours.ca });
  const cwd = temporaryFolder(t);
  const home = join(cwd, 'home');
  mkdirSync(home);
  writeFileSync(join(cwd, 'ours.crt'), ours.ca);
  writeFileSync(join(cwd, 'another.crt'), another.ca);
  const key = { MUSTER_KEY_FILE: join(folder, 'secrets', 'admin'), MUSTER_URL: running.url, MUSTER_HOME: home };
  const muster = async (argv: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const texts = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') =>
      new Writable({
        write: (chunk, _encoding, done) => {
          texts[name] += chunk;
          done();
        },
      });
    const env = { PATH: process.env.PATH, ...key, ...more };
    const code = await run(argv, { stdout: stream('stdout'), stderr: stream('stderr'), env, root, cwd });
    return { code, ...texts };
  };
  return { muster, url: running.url, home, cwd };
};

const list = ['jobs', 'list', '--json'];

test('--ca and MUSTER_CA_FILE name the authority of an orchestrator with TLS of its own', async (t) => {
  const { muster } = await place(t);
  const answers = [await muster(['--ca', 'ours.crt', ...list]), await muster(list, { MUSTER_CA_FILE: 'ours.crt' })];
  for (const { code, stderr, stdout } of answers) deepStrictEqual([code, stderr, JSON.parse(stdout).jobs], [0, '', []]);
});

test('the authority among the cluster’s secrets is trusted unasked, but not beside one that is named', async (t) => {
  const { home, muster } = await place(t);
  mkdirSync(join(home, 'secrets', 'authority'), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'secrets', 'authority', 'ca.crt'), ours.ca, { mode: 0o600 });
  deepStrictEqual((await muster(list)).code, 0);
  deepStrictEqual((await muster(['--ca', 'another.crt', ...list])).code, 3);
});

test('a certificate that cannot be trusted is one line at once, with what to do', async (t) => {
  const { cwd, muster, url } = await place(t);
  const begun = performance.now();
  const found = 'found one by another authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)';
  const remedy = 'if it is yours, name that one: muster --ca FILE, or MUSTER_CA_FILE=FILE';
  deepStrictEqual(
    [await muster(list), await muster(['--ca', 'another.crt', ...list])].map(({ code, stderr }) => [code, stderr]),
    [
      [
        3,
        `muster: ${url}: expected a certificate signed by an authority that this machine knows, ${found}; ${remedy}\n`,
      ],
      [3, `muster: ${url}: expected a certificate signed by an authority in ${cwd}/another.crt, ${found}; ${remedy}\n`],
    ],
  );
  ok(performance.now() - begun < 8_000, 'a restart is outwaited, a wrong certificate is not');
});

test('one that has ended, and a name that it does not have, are refused', async (t) => {
  const old = await place(t, await ours.issue(['localhost'], new Date(Date.now() - 400 * 86_400_000)));
  match((await old.muster(['--ca', 'ours.crt', ...list])).stderr, /expected a certificate that still holds/);
  const named = await place(t, await ours.issue(['node1']));
  const MUSTER_URL = named.url.replace('127.0.0.1', 'localhost');
  const { code, stderr } = await named.muster(['--ca', 'ours.crt', ...list], { MUSTER_URL });
  deepStrictEqual(code, 3);
  match(stderr, /expected a certificate for localhost, found one for DNS:node1/);
});

test('a file that holds no authority is a wrong input', async (t) => {
  const { cwd, muster } = await place(t);
  const { code, stderr } = await muster(['--ca', 'nowhere.crt', ...list]);
  deepStrictEqual(
    [code, stderr],
    [
      2,
      `muster: MUSTER_CA_FILE: expected the certificate of an authority (PEM) in ${cwd}/nowhere.crt, found no file that ` +
        "can be read (ENOENT); name the file authority/ca.crt of the cluster's secrets\n",
    ],
  );
});
