// Does the counting script agree with wc, and do the counts of many files merge?
import { deepStrictEqual, strictEqual, throws } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mostFrequent, parseCounts } from '../../../stacks/cli/word-count/counts.ts';
import { countingJob, countingLocale, textsIn } from '../../../stacks/cli/word-count/texts.ts';
import { ownFolder } from '../../support/folder.ts';
import { root } from '../../support/sources.ts';

const script = join(root, 'stacks/examples/word-count/count.sh');

test('the first line is what wc -w says in the same locale, whatever the bytes', (t) => {
  const file = join(ownFolder(t), '-n odd name');
  const texts = ['', ' \n', "Don't 'stop' — it’s ä\u00a0b\n", 'no end', 'bad \xff\xfe bytes \x01', 'ONE one One two\n'];
  for (const locale of ['C', 'C.UTF-8']) {
    for (const text of texts) {
      writeFileSync(file, Buffer.from(text, text.includes('\xff') ? 'latin1' : 'utf8'));
      const env = { PATH: process.env.PATH, LC_ALL: locale };
      const counted = parseCounts(execFileSync('sh', [script, file], { env }).toString());
      const wc = Number(execFileSync('sh', ['-c', 'wc -w <"$1"', 'sh', file], { env }).toString());
      strictEqual(counted.words, wc, `${JSON.stringify(text)} in ${locale}`);
    }
  }
});

test('words are told apart without case and without quotes around them', (t) => {
  const file = join(ownFolder(t), 'text');
  writeFileSync(file, "ONE one 'One' two, don't — größe Größe\n");
  const { byWord } = parseCounts(execFileSync('sh', [script, file]).toString());
  deepStrictEqual(Object.fromEntries(byWord), { one: 3, two: 1, "don't": 1, größe: 2, '—': 1 });
});

test('counts merge over files, the most frequent first, then by the alphabet', () => {
  const counts = ['3\n 2 b\n 1 a\n', '4\n      3 c\n      1 a\n'].map(parseCounts);
  deepStrictEqual(mostFrequent(counts, 3), [
    { word: 'c', count: 3 },
    { word: 'a', count: 2 },
    { word: 'b', count: 2 },
  ]);
  throws(() => parseCounts('no number\n'), /expected a number of words, got no number/);
});

test('the texts of a folder are its files, links followed, without hidden ones and folders', (t) => {
  const folder = ownFolder(t);
  for (const name of ['b', 'a b.txt', '.hidden']) writeFileSync(join(folder, name), 'x');
  mkdirSync(join(folder, 'folder'));
  symlinkSync('b', join(folder, 'link'));
  symlinkSync('nowhere', join(folder, 'broken'));
  deepStrictEqual(textsIn(folder), ['a b.txt', 'b', 'link']);
  throws(() => textsIn(join(folder, 'folder')), /there are no files in/);
  throws(() => textsIn(join(folder, 'absent')), /cannot read the folder/);
});

test('a job takes the text and the script along, under names that any worker can hold', () => {
  const { files, request } = countingJob('/clone', '/texts', 'a\u001b[31m\nb.txt', 'C');
  deepStrictEqual(files, [
    { from: '/clone/stacks/examples/word-count/count.sh', path: 'count.sh' },
    { from: '/texts/a\u001b[31m\nb.txt', path: 'text/a_b.txt' },
  ]);
  strictEqual(request.name, 'word-count a b.txt');
});

test('the locale is that of the caller, as far as any Debian has it', () => {
  const locales = [{ LANG: 'de_DE.UTF-8' }, { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, {}, { LC_CTYPE: 'en_US.utf8' }];
  deepStrictEqual(locales.map(countingLocale), ['C.UTF-8', 'C', 'C', 'C.UTF-8']);
});
