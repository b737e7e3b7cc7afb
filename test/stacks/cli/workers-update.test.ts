// What does `muster workers update` show, do, and say at its end?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { UpdateView } from '../../../services/protocol/index.ts';
import { temporaryFolder } from '../../services/orchestrator/support/orchestrator.ts';
import { connectAgent } from '../../services/orchestrator/support/scripted-agent.ts';
import { eventually } from '../../support/clone.ts';
import { inviting } from '../../support/inviting.ts';

const before = 'a'.repeat(12);
const program = (version: string) => `#!/bin/sh\necho ${version}\n`;

const place = async (t: TestContext) => {
  const { bench, home, muster } = await inviting(t, { plain: true });
  const agents = [await connectAgent(t, bench), await connectAgent(t, bench)] as const;
  const say = (index: 0 | 1, release: string, failed: object | null = null) =>
    agents[index].client.post('/api/v1/agent/program', {
      ...{ session: agents[index].session, platform: `linux-${process.arch}`, release, refused: null, failed },
    });
  await say(0, before);
  await say(1, before);
  const folder = join(temporaryFolder(t), 'programs');
  mkdirSync(folder);
  const offer = (version: string): string => {
    writeFileSync(join(folder, `muster-agent-linux-${process.arch}`), program(version), { mode: 0o755 });
    return createHash('sha256').update(program(version)).digest('hex').slice(0, 12);
  };
  const update = (...words: string[]) => muster('workers', 'update', '--from', folder, ...words);
  const state = async (): Promise<UpdateView> => (await bench.admin.get('/api/v1/updates')).json.update;
  return { home, folder, muster, offer, say, state, update };
};

test('it shows its plan, and changes nothing without a yes', async (t) => {
  const { offer, state, update } = await place(t);
  const release = offer('0.2.0');
  const { code, stderr, stdout } = await update();
  strictEqual(code, 4, stderr);
  deepStrictEqual(stdout.split('\n').slice(1), [
    `  ~ worker-01  0.1.0 (${before}) → 0.2.0 (${release})`,
    `  ~ worker-01-2  0.1.0 (${before}) → 0.2.0 (${release})`,
    '',
  ]);
  match(stdout, /^agents become 0\.2\.0, signed \d{4}-/);
  match(stderr, /say it beforehand: muster workers update --from \S+ --yes/);
  strictEqual(await state(), null);
});

test('it follows the canary and the others to the end, and then has nothing to do', async (t) => {
  const { offer, say, state, update } = await place(t);
  const release = offer('0.2.0');
  const running = update('--yes', '--proof', '1s', '--canary', 'worker-01-2');
  for (const index of [1, 0] as const) {
    await eventually('it is told', async () => (await state())?.workers[index]?.state === 'switching');
    await say(index, release);
  }
  const { code, stderr, stdout } = await running;
  deepStrictEqual([code, stderr], [0, '']);
  match(
    stdout,
    /worker-01-2 {2}is back, and is watched\n.*worker-01-2 {2}done\n.*muster: 2 workers of 2 run 0\.2\.0\n$/s,
  );
  const again = await update('--yes');
  deepStrictEqual([again.code, again.stdout.split('\n').at(-2)], [0, 'muster: nothing to update']);
});

test('a failure is the exit code, the reason, and what is said later too', async (t) => {
  const { muster, offer, say, state, update } = await place(t);
  offer('0.2.0');
  const running = update('--yes');
  const { number } = await eventually('it is there', async () => (await state()) ?? false);
  await say(0, before, { number, why: 'it does not start' });
  const { code, stdout } = await running;
  strictEqual(code, 1);
  match(stdout, /^update to 0\.2\.0: halted, worker-01: it does not start$/m);
  const later = await muster('workers', 'update', '--status');
  deepStrictEqual(
    [later.code, later.stdout.split('\n')[0]],
    [1, 'update to 0.2.0: halted, worker-01: it does not start'],
  );
});

test('what is under way can be aborted', async (t) => {
  const { muster, offer, state, update } = await place(t);
  offer('0.2.0');
  const running = update('--yes', '--deadline', '5s');
  await eventually('it is there', async () => (await state()) !== null);
  const { stdout } = await muster('workers', 'update', '--abort');
  match(stdout, /^update to 0\.2\.0: halted, it was aborted$/m);
  // The one that was told goes on to its end; nobody waits for that here.
  void running;
});

test('the key is nobody else’s to read, and the same programs keep their number', async (t) => {
  const { folder, home, offer, update } = await place(t);
  offer('0.2.0');
  await update();
  strictEqual(statSync(join(home, 'release/key.pem')).mode & 0o777, 0o600);
  const first = readFileSync(join(folder, 'RELEASE'), 'utf8');
  await update();
  strictEqual(readFileSync(join(folder, 'RELEASE'), 'utf8'), first);
  offer('0.3.0');
  await update();
  const [one, two] = [first, readFileSync(join(folder, 'RELEASE'), 'utf8')].map((text) =>
    JSON.parse(text.split('\n')[1] ?? ''),
  );
  deepStrictEqual([one.version, two.version, two.number > one.number], ['0.2.0', '0.3.0', true]);
});
