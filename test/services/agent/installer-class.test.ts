// Does a machine join by the secret of its class, and does nobody else see the secret?
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WorkerList } from '../../../services/protocol/index.ts';
import { installScript } from '../../../stacks/cli/executables.ts';
import { className } from '../../support/class-line.ts';
import { treeOf } from '../../support/installing.ts';
import { type Renting, renting } from '../../support/renting.ts';
import { root } from '../../support/sources.ts';

const timeout = 120_000;

const workersOf = async ({ bench }: Renting) => ((await bench.admin.get('/api/v1/workers')).json as WorkerList).workers;

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const lasting = (place: Renting) => treeOf(place.place).filter((line) => !/^(state|agent-log|agent-alive)/.test(line));

test('it is a worker with the name and the door for health that it asked for; again nothing changes; then nothing is left', {
  timeout,
}, async (t) => {
  const place = await renting(t);
  const agentSha256 = sumOf(readFileSync(place.offered, 'utf8'));
  const line = place.line({ agentSha256, options: `--name ${className}-i-0f3a --health 127.0.0.3:0` });
  const first = await place.shell(line);
  assert.deepEqual([first.code, first.stderr], [0, ''], first.stdout);
  assert.match(readFileSync(join(place.place, 'state/health'), 'utf8'), /^127\.0\.0\.3:\d+\n$/);
  const before = await workersOf(place);
  assert.deepEqual(
    before.map(({ name, state }) => [name, state]),
    [['worker-01-i-0f3a', 'idle']],
  );
  const installed = lasting(place);
  assert.equal(readFileSync(join(place.place, 'agent-install.sh'), 'utf8'), installScript(root));
  const again = await place.shell(place.line({ agentSha256 }));
  assert.deepEqual([again.code, again.stderr, lasting(place)], [0, '', installed]);
  assert.deepEqual(
    (await workersOf(place)).map(({ id, name }) => [id, name]),
    before.map(({ id, name }) => [id, name]),
  );
  assert.equal((await place.uninstall()).code, 0);
  assert.deepEqual(treeOf(place.home), []);
});

test('the secret lies in one file of its user, and no program that is started is given it', { timeout }, async (t) => {
  const place = await renting(t);
  assert.equal((await place.shell(place.line())).code, 0);
  const secret = place.bench.classSecret(className);
  const file = join(place.place, 'agent-token');
  assert.deepEqual([readFileSync(file, 'utf8'), (statSync(file).mode & 0o777).toString(8)], [`${secret}\n`, '600']);
  const holders = readdirSync(place.place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(secret))
    .map(({ name }) => name);
  assert.deepEqual(holders, ['agent-token']);
  const seen = readFileSync(place.seen, 'utf8');
  assert.deepEqual(
    [/downloads\/SHA256SUMS/.test(seen), /agent-keep/.test(seen), seen.includes(secret)],
    [true, true, false],
  );
});

test('a rotated secret takes the place of the old one, and an invite or a secret that of the other', {
  timeout,
}, async (t) => {
  const place = await renting(t);
  const ways = () => readdirSync(place.place).filter((name) => /^agent-(invite|token)$/.test(name));
  const { command } = await place.invite();
  assert.equal((await place.shell(command)).code, 0);
  assert.deepEqual(ways(), ['agent-invite']);
  const token = await place.shell(place.line({ options: `--name ${className}-i-1` }));
  assert.deepEqual([token.code, token.stderr, ways()], [0, '', ['agent-token']], token.stdout);
  const worker = async () =>
    (await workersOf(place)).filter(({ state }) => state === 'idle').map(({ id, name }) => [name, id]);
  const joined = await worker();
  assert.deepEqual(
    joined.map(([name]) => name),
    ['worker-01-i-1'],
  );
  const rotated = `mc_${'r'.repeat(43)}`;
  writeFileSync(join(place.bench.folder, 'secrets/classes', className, 'token'), `${rotated}\n`);
  assert.equal((await place.shell(place.line())).code, 0);
  assert.deepEqual([readFileSync(join(place.place, 'agent-token'), 'utf8'), await worker()], [`${rotated}\n`, joined]);
  // The token that its invite was exchanged for still stands for it.
  const back = await place.shell((await place.invite('--name', 'guest')).command);
  assert.deepEqual([back.code, back.stderr, ways()], [0, '', ['agent-invite']], back.stdout);
  assert.deepEqual(
    (await worker()).map(([name]) => name),
    ['worker-01'],
  );
  assert.deepEqual([(await place.uninstall()).code, treeOf(place.home)], [0, []]);
});

test('a secret that nobody knows is refused with exit code 4 and where the right one lies, and nothing stays', {
  timeout,
}, async (t) => {
  const place = await renting(t);
  const { code, stderr } = await place.shell(place.line({ token: `mc_${'x'.repeat(43)}` }));
  assert.equal(code, 4);
  assert.equal(
    stderr,
    `muster: the orchestrator at ${place.bench.running.url} does not know this class secret\n` +
      '   → token= takes what .muster/secrets/classes/worker-01/token holds where the cluster is run, or its copy in the cloud\n',
  );
  assert.deepEqual(treeOf(place.home), []);
});

test('wrong options and secrets are refused before anything is fetched', { timeout }, async (t) => {
  const place = await renting(t);
  const says = async (line: string) => {
    const { code, stderr } = await place.shell(line);
    return [code, stderr.split('\n')[0]];
  };
  const wrong = (options: string) => says(place.line({ options }));
  assert.deepEqual(await wrong('--pin sha256//x'), [2, 'muster: --ca and --pin: expected one of them']);
  for (const address of ['50052', ':1', 'a:', 'a:x', 'a:65536', 'a:123456'])
    assert.deepEqual(await wrong(`--health ${address}`), [2, `muster: --health: expected HOST:PORT, got "${address}"`]);
  assert.deepEqual(await wrong("--name 'a\nb'"), [2, 'muster: --name: expected text without control characters']);
  const noCertificate = await says(place.line({ ca: '/etc/passwd' }));
  assert.deepEqual(noCertificate, [2, 'muster: --ca: expected a file with a certificate (PEM), got "/etc/passwd"']);
  const pinned = await says(place.line().replace(/--ca \S+/, '--pin sha256//x'));
  assert.match(String(pinned[1]), /^muster: --pin: expected --ca FILE with token=/);
  for (const [agentSha256, message] of [
    ['x'.repeat(64), 'expected 64 hex digits, found another text'],
    ['ab', 'expected 64 hex digits, got 2'],
  ])
    assert.deepEqual(await says(place.line({ agentSha256 })), [2, `muster: agent_sha256: ${message}`]);
  for (const token of ['mk_abc', 'mc_', "'mc_$(id)'", 'secret'])
    assert.deepEqual(await says(place.line({ token })), [
      4,
      'muster: token: expected mc_ and letters, the secret of a class, found another text',
    ]);
  assert.deepEqual(await says(`invite=mi_x ${place.line()}`), [2, 'muster: there are token= and invite=']);
  assert.deepEqual(await says(place.line().replace(/token=\S+/, '')), [4, 'muster: there is no invite']);
  assert.deepEqual([existsSync(place.seen), treeOf(place.home)], [false, []]);
});
