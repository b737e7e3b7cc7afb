// Are the last lines of an agent kept within bounds, and can they hurt nobody who reads them?
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { harmless } from '../../../../services/agent/failures/harmless.ts';
import { keepLastWords, readLastWords } from '../../../../services/agent/failures/last-words.ts';
import { failingOf, readFailures, writeFailures } from '../../../../services/agent/failures/record.ts';
import { noFailures } from '../../../../services/agent/failures/rule.ts';
import { Failing } from '../../../../services/protocol/index.ts';
import { ownFolder } from '../../../support/folder.ts';

test('the last twenty lines are there, also just after a file was full, and the files stay small', (t) => {
  const state = ownFolder(t);
  const keep = keepLastWords(state);
  for (let n = 0; n < 3000; n++) keep(`${n} ${'x'.repeat(40)}\n`);
  const lines = readLastWords(state);
  deepStrictEqual(
    lines.map((line) => Number(line.split(' ')[0])),
    Array.from({ length: 20 }, (_, index) => 2980 + index),
  );
  const sizes = readdirSync(state).map((name) => statSync(join(state, name)));
  strictEqual(sizes.length, 2);
  for (const { mode, size } of sizes) {
    ok(size < 34 * 1024, `${size} bytes`);
    strictEqual(mode & 0o777, 0o600);
  }
});

test('without a folder nothing is kept and nothing fails', (t) => {
  const state = join(ownFolder(t), 'none');
  keepLastWords(state)('lost\n');
  deepStrictEqual(readLastWords(state), []);
});

const hostile: readonly (readonly [string, string])[] = [
  ['\u001b[2J\u001b]0;title\u0007', '\ufffd[2J\ufffd]0;title\ufffd'],
  ['a\tb\rc\u0085d\u2028e', 'a b\ufffdc\ufffdd\ufffde'],
  ['right\u202eleft \ud800 \ufeff', 'right\ufffdleft \ufffd \ufffd'],
  ['é 😀 日本', 'é 😀 日本'],
  ['token wt_0123456789abcdefghij and mc_0123456789abcdef', 'token wt_… and mc_…'],
  ['https://user:word@host/path', 'https://…@host/path'],
  [`${'x'.repeat(499)}😀`, `${'x'.repeat(499)}…`],
];

test('what a line says cannot command a terminal, nor tell a secret', () => {
  deepStrictEqual(
    hostile.map(([line]) => harmless(line, 500)),
    hostile.map(([, shown]) => shown),
  );
});

test('what is told passes the door, whatever was logged', (t) => {
  const state = ownFolder(t);
  const noise = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('');
  keepLastWords(state)(`${noise}\n${'\ud83d'.repeat(2000)}\n`);
  const failures = { ...noFailures, count: 3, since: '2026-01-02T03:04:05.678Z', reason: noise };
  const failing = failingOf(state, failures, 3);
  deepStrictEqual(Failing.parse(failing), failing);
  strictEqual(failingOf(state, failures, 4), null);
});

test('half a record, or none, is no failure', (t) => {
  const state = ownFolder(t);
  deepStrictEqual(readFailures(state), noFailures);
  writeFileSync(join(state, 'failures.json'), '{"count":');
  deepStrictEqual(readFailures(state), noFailures);
  mkdirSync(join(state, 'failures.json.new'));
  writeFailures(state, { ...noFailures, count: 1 });
  deepStrictEqual(readFailures(state), noFailures);
});
