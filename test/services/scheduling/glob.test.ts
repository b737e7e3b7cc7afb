// Do label patterns match as users of shells expect, in bounded time?
import { strictEqual } from 'node:assert';
import { test } from 'node:test';
import { globMatches } from '../../../services/scheduling/index.ts';

const cases: [string, string, boolean][] = [
  ['a100', 'a100', true],
  ['a100*', 'a100-80gb', true],
  ['a100*', 'A100', false],
  ['*', '', true],
  ['*', 'a/b.c', true],
  ['?', 'é', true],
  ['?', '', false],
  ['gpu-[a-c]', 'gpu-b', true],
  ['gpu-[!a-c]', 'gpu-b', false],
  ['gpu-[!a-c]', 'gpu-x', true],
  ['[]]', ']', true],
  ['[a', '[a', true],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['*.eu.*', 'rack.eu.1', true],
  ['a*b*c', 'aXXbYYc', true],
  ['a*b*c', 'aXXbYY', false],
  ['.*', '.hidden', true],
];

for (const [pattern, text, expected] of cases) {
  test(`${pattern} ${expected ? 'matches' : 'does not match'} "${text}"`, () => {
    strictEqual(globMatches(pattern, text), expected);
  });
}

test('a hostile pattern ends: as a regular expression it would try 2^120 ways', () => {
  strictEqual(globMatches(`${'*a'.repeat(120)}b`, 'a'.repeat(255)), false);
});
