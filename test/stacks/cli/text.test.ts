// Is foreign text harmless on a terminal, and do times and ids read well?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { shortIds } from '../../../stacks/cli/ids.ts';
import { formatAgo, formatDuration, plain, plainTable } from '../../../stacks/cli/text.ts';

test('escape sequences go whole, other control characters one by one, text stays', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['grün \u001b[31mrot\u001b[0m', 'grün rot'],
    ['\u001b]0;title\u0007x', 'x'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jx', 'x'],
    ['a\u001bcb', 'acb'],
    ['a\rb\bc\u0000d\u007f', 'abcd'],
    ['\u202egnp.exe\u2066', 'gnp.exe'],
    ['tab\tline\n', 'tab\tline\n'],
  ];
  for (const [foreign, shown] of cases) strictEqual(plain(foreign), shown);
});

test('a cell is one line', () => {
  strictEqual(plainTable(['NAME', 'X'], [['a\nb\u001b[2J', 'c']]), 'NAME  X\na b   c');
});

test('times have one unit', () => {
  const texts = [0, 59.4, 60, 3599, 3600, 86_399, 86_400].map(formatDuration);
  deepStrictEqual(texts, ['0 s', '59 s', '1 min', '59 min', '1 h', '23 h', '1 d']);
  strictEqual(formatAgo('2026-01-01T00:00:00.000Z', Date.parse('2026-01-01T00:03:00.000Z')), '3 min ago');
  strictEqual(formatAgo(null, 0), '–');
});

test('ids are cut to eight characters, or as far as it takes to tell them apart', () => {
  deepStrictEqual([...shortIds(['0123456789', 'abcdefghij']).values()], ['01234567', 'abcdefgh']);
  deepStrictEqual([...shortIds(['012345678x', '012345678y']).values()], ['012345678x', '012345678y']);
});
