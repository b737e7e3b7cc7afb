// Does bash offer the words that come next?
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { muster } from '../../support/cli.ts';

const root = join(import.meta.dirname, '../../..');
const script = (await muster(['completion'], root)).stdout;

function offered(...words: string[]): string[] {
  const typed = ['muster', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _muster; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' });
  return said.split('\n').filter((line) => line !== '');
}

test('verbs, their own verbs and their options are offered', () => {
  assert.deepEqual(offered('wo'), ['workers', 'word-count']);
  assert.deepEqual(offered('jobs', 'l'), ['list', 'logs']);
  assert.deepEqual(offered('jobs', 'submit', '--in'), ['--input']);
  assert.deepEqual(offered('jobs', '--json', 'submit', '--wa'), ['--wait']);
  assert.deepEqual(offered('nonsense', 'x'), []);
});
