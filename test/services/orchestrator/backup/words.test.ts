// What is understood behind `backup` and `restore`, and what is said to everything else?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usages } from '../../../../services/orchestrator/backup/usages.ts';
import { parseBackup, parseRestore } from '../../../../services/orchestrator/backup/words.ts';
import { temporaryFolder } from '../support/orchestrator.ts';
import { runCommand } from '../support/process.ts';

test('words become a wish, or one problem', () => {
  assert.deepEqual(
    [
      ['--to', '/a'],
      ['--to=/a', '--keep', '2', '--json'],
      ['-h'],
      [],
      ['/a'],
      ['--to', '/a', '--keep', '0'],
      ['--to', '/a', '--keep', '1e3'],
    ].map(parseBackup),
    [
      { words: { to: '/a', keep: 7, json: false } },
      { words: { to: '/a', keep: 2, json: true } },
      'help',
      { problem: 'expected --to FOLDER, got nothing' },
      { problem: 'expected no "/a"; write --to "/a"' },
      { problem: '--keep: expected a number from 1 to 1000, got "0"' },
      { problem: '--keep: expected a number from 1 to 1000, got "1e3"' },
    ],
  );
  assert.deepEqual([['/a', '--replace'], ['--help'], [], ['/a', '/b']].map(parseRestore), [
    { words: { set: '/a', replace: true, json: false } },
    'help',
    { problem: 'expected the FOLDER of a backup, got nothing' },
    { problem: 'expected one FOLDER, got "/b" too' },
  ]);
});

test('help goes to standard output with 0, problems to standard error with 2, an empty state ends with 3', async (t) => {
  const env = { MUSTER_STATE: temporaryFolder(t) };
  assert.deepEqual(await runCommand(['backup', '--help'], env), { code: 0, out: usages.backup, err: '' });
  assert.deepEqual(await runCommand(['restore', '--help'], env), { code: 0, out: usages.restore, err: '' });
  const wrong = await runCommand(['restore', '--replaced'], env);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /^muster-orchestrator: restore: Unknown option '--replaced'/);
  assert.deepEqual(await runCommand(['backup', '--to', temporaryFolder(t)], env), {
    code: 3,
    out: '',
    err: `muster-orchestrator: ${env.MUSTER_STATE}: expected the state of an orchestrator, found no muster.db\n`,
  });
});
