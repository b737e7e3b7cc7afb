// Is each file small, named after a noun, and opened by the question it answers?
import { deepStrictEqual, ok } from 'node:assert';
import { basename } from 'node:path';
import { test } from 'node:test';
import { sourceFiles, textOf, trackedFiles } from './support/sources.ts';

const sources = sourceFiles('stacks', 'services', 'test', 'infra');
const lengths = sources.map((file) => textOf(file).split('\n').length - 1).sort((a, b) => a - b);
const quantile = (share: number): number =>
  lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] ?? 0;

test('files stay small: median 66 lines, 90th percentile 150, none above 250', (t) => {
  const [median, ninetieth, largest] = [quantile(0.5), quantile(0.9), quantile(1)];
  t.diagnostic(`${lengths.length} files, median ${median}, 90th percentile ${ninetieth}, largest ${largest} lines`);
  deepStrictEqual(
    sources.filter((file) => textOf(file).split('\n').length - 1 > 250),
    [],
  );
  ok(median <= 66, `median ${median}`);
  ok(ninetieth <= 150, `90th percentile ${ninetieth}`);
});

test('every source file opens with a line that says what it answers', () => {
  const first = (file: string): string => textOf(file).replace(/^#!.*\n/, '');
  deepStrictEqual(
    sources.filter((file) => !first(file).startsWith('// ')),
    [],
  );
});

test('no file is named after nothing in particular', () => {
  const vague = /(^|-)(util|utils|helper|helpers|common|misc|manager|handler|base|processor|data|info)(-|\.|$)/;
  deepStrictEqual(
    sources.filter((file) => vague.test(basename(file))),
    [],
  );
});

test('file names are kebab-case', () => {
  deepStrictEqual(
    sources.filter((file) => !/^[a-z0-9-]+(\.test)?\.(ts|js)$/.test(basename(file))),
    [],
  );
});

test('no tracked file holds a secret or the path of a machine', () => {
  const secret = /\b(mk|mm|mc|wt)_[A-Za-z0-9_-]{43}\b|BEGIN [A-Z ]*PRIVATE KEY/;
  const suspects = trackedFiles().filter((file) => !/^package-lock\.json$|\.(png|jpg)$/.test(file));
  deepStrictEqual(
    suspects.filter((file) => secret.test(textOf(file))),
    [],
  );
});
