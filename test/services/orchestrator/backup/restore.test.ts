// Does a backup become the state again, and is everything refused that would make it worse?
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { restoreBackup } from '../../../../services/orchestrator/backup/restore.ts';
import { schemaVersion } from '../../../../services/orchestrator/store/schema.ts';
import { blobOf, digestOf, keptState, textsIn } from '../support/kept-state.ts';
import { startOrchestrator, temporaryFolder } from '../support/orchestrator.ts';
import { runCommand } from '../support/process.ts';
import { openTestStore } from '../support/rows.ts';

const wall = Date.UTC(2026, 10, 23);

test('jobs, blobs and logs come back, and no number of a lease comes twice', async (t) => {
  const { add, backup } = await keptState(t);
  await add(1, 'one', 'log of one');
  const { folder: set } = await backup();
  const state = join(temporaryFolder(t), 'new');
  assert.equal((await restoreBackup({ set, state, replace: false, wall })).before, null);
  assert.deepEqual(textsIn(state), textsIn(set));
  const { jobs, meta } = await openTestStore(t, state).load();
  assert.deepEqual([jobs.map(({ id }) => id), meta], [['job1'], { epoch: wall / 1000, counter: 5, nextJobNumber: 2 }]);
});

test('an orchestrator starts on it and has its jobs, the state of before lies beside it', async (t) => {
  const bench = await startOrchestrator(t);
  const submit = () => bench.admin.post('/api/v1/jobs', { command: ['true'] });
  const early = (await submit()).json.id;
  const to = temporaryFolder(t);
  const env = { MUSTER_STATE: bench.folder };
  const made = await runCommand(['backup', '--to', to, '--json'], env);
  const { folder: set, jobs } = JSON.parse(made.out);
  assert.deepEqual([made.code, jobs], [0, 1]);
  await submit();
  const running = await runCommand(['restore', set, '--replace'], env);
  assert.deepEqual([running.code, running.err.includes('another orchestrator is running')], [6, true]);
  await bench.running.stop();
  const there = await runCommand(['restore', set], env);
  assert.deepEqual([there.code, /expected an empty folder, found .*; --replace/.test(there.err)], [7, true]);
  const restored = await runCommand(['restore', set, '--replace', '--json'], env);
  const { before } = JSON.parse(restored.out);
  const again = await startOrchestrator(t, { folder: bench.folder });
  const ids = (await again.admin.get('/api/v1/jobs')).json.jobs.map(({ id }: { id: string }) => id);
  assert.deepEqual([restored.code, ids], [0, [early]]);
  assert.ok(existsSync(join(before, 'muster.db')));
  await again.running.stop();
  // What was there before can come back in the same way, and files of others stay where they are.
  assert.ok(existsSync(join(bench.folder, 'secrets/admin')));
});

test('what is damaged is refused before anything changes, with every file that is', async (t) => {
  const { add, backup } = await keptState(t);
  await add(1, 'one', 'log of one');
  const state = join(temporaryFolder(t), 'new');
  const refused = async (spoil: (set: string) => void): Promise<string> => {
    const { folder } = await backup();
    spoil(folder);
    const { code, err, out } = await runCommand(['restore', folder], { MUSTER_STATE: state });
    assert.deepEqual([code, out, existsSync(state)], [5, '', false]);
    return err.replaceAll('muster-orchestrator: ', '').replaceAll(folder, 'SET').replaceAll(digestOf('one'), 'ONE');
  };
  const manifest = (set: string, from: RegExp, to: string) =>
    writeFileSync(join(set, 'manifest.json'), readFileSync(join(set, 'manifest.json'), 'utf8').replace(from, to));
  const blob = `blobs/${digestOf('one').slice(0, 2)}/ONE`;
  const said = [
    await refused((set) => {
      rmSync(blobOf(set, 'one'));
      writeFileSync(blobOf(set, 'one'), 'onf');
      rmSync(join(set, 'logs/job1.1'));
    }),
    await refused((set) => truncateSync(join(set, 'muster.db'), 8192)),
    await refused((set) => appendFileSync(join(set, 'manifest.json'), 'x')),
    await refused((set) => rmSync(join(set, 'manifest.json'))),
    await refused((set) => manifest(set, /"schema": \d+/, '"schema": 99')),
    await refused((set) => manifest(set, /"format": 1/, '"format": 2')),
    await refused((set) => manifest(set, /"path": "logs\/job1.1"/, '"path": "logs/../../job1.1"')),
    await refused((set) => manifest(set, /"jobs": 1/, '"jobs": "one"')),
  ];
  const newer = `SET was made by a newer Muster (0.0.1, tables of version 99; this one knows ${schemaVersion}); restore it with that one\n`;
  assert.deepEqual(
    said.slice(0, 2).map((text) => text.replace(/\d{5,}/, 'N')),
    [
      `SET is damaged; take another backup\n${blob}: expected other bytes than it has\nlogs/job1.1: missing\n`,
      'SET is damaged; take another backup\nmuster.db: expected N bytes, found 8192\n',
    ],
  );
  assert.match(
    said[2] ?? '',
    /^SET: expected a backup with its manifest.json, found one that cannot be read \(.*\)\n$/,
  );
  assert.deepEqual(said.slice(3, 6), [
    'SET: expected a backup with its manifest.json, found no manifest.json\n',
    newer,
    'SET was made by a newer Muster; restore it with that one\n',
  ]);
  assert.match(said[6] ?? '', /^SET\/manifest.json is damaged \(files\/\d\/path: .*\)\n$/);
  assert.match(said[7] ?? '', /^SET\/manifest.json is damaged \(jobs: .*\)\n$/);
});

test('a set whose list was cut short is refused by what its jobs name, and leaves nothing behind', async (t) => {
  const { add, backup } = await keptState(t);
  await add(1, 'one', 'log');
  const { folder: set, manifest } = await backup();
  const files = manifest.files.filter(({ path }) => !path.startsWith('blobs/'));
  writeFileSync(join(set, 'manifest.json'), JSON.stringify({ ...manifest, files }));
  const state = temporaryFolder(t);
  await assert.rejects(restoreBackup({ set, state, replace: false, wall }), {
    kind: 'untrusted',
    message: `the backup lacks blobs that jobs name: ${digestOf('one')}`,
  });
  assert.deepEqual(readdirSync(state), ['muster.lock']);
});
