// When may a spec ask for backups? In words that systemd reads as a calendar, and in no others.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseSpec } from '../../../stacks/index.ts';
import { analyzeVersion } from '../../support/systemd.ts';

const accepted = ['hourly', 'daily', 'weekly', 'monthly', '03:30', '23:59', 'Mon 00:00', 'Mon,Thu,Sun 03:30'];
const refused = [
  '3:30',
  '24:00',
  'yearly',
  '*-*-* 03:00',
  'mon 03:30',
  'Mon, Thu 03:30',
  'daily\nPersistent=no',
  '%n',
  '',
];

const problemsOf = (backup: unknown) =>
  parseSpec(JSON.stringify({ name: 'a', orchestrator: { backup } }), 'cluster.yaml').problems.map(
    ({ message }) => message,
  );

test('a calendar is one of a few words, or a time of the day, with days of the week before it', () => {
  for (const at of accepted) assert.deepEqual(problemsOf({ at }), [], at);
  for (const at of refused) {
    const [problem, ...more] = problemsOf({ at });
    assert.match(problem ?? '', /^expected hourly, daily, weekly, monthly, a time such as "03:30"/, at);
    assert.deepEqual(more, []);
  }
  for (const backup of [true, false, {}, { keep: 1 }]) assert.deepEqual(problemsOf(backup), []);
  for (const backup of [[], 'daily', { keep: 0 }, { every: 'day' }]) assert.equal(problemsOf(backup).length, 1);
});

test('systemd reads each of them as a calendar', {
  skip: analyzeVersion() === null && 'systemd-analyze is absent',
}, () => {
  const { status, stderr } = spawnSync('systemd-analyze', ['calendar', ...accepted], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
