// What does a spec do that wants to harm? It is refused, quickly, and its problems cannot touch a terminal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpec } from '../../../stacks/spec/parse.ts';

const hostileNames = [
  'a\nb',
  'a\r',
  'a\u0000',
  '$HOME',
  '$' + '{X}',
  '{{ x }}',
  'a;b',
  'a"b',
  "a'b",
  'a`b',
  'a b',
  'a/b',
  '../a',
  '-a',
  'a-',
  '--privileged',
  '\u202Ea',
  'a\u200Bb',
  'A',
  'é',
  'no',
  'yes',
  'on',
  'off',
  'y',
  'n',
  'true',
  'false',
  'null',
  '~',
  '123',
  '0x1f',
  '1e3',
  '1:30',
  '.',
  '',
  '<<',
  '__proto__',
  'a'.repeat(64),
  '\u001b[31m',
  '\ud800',
];

for (const hostile of hostileNames) {
  const quoted = JSON.stringify(hostile);
  test(`the name ${quoted.slice(0, 20)} is refused for clusters, workers, labels and variables alike`, () => {
    const isLabel = /^[A-Za-z0-9._/-]{1,63}$/.test(hostile);
    const isVariable = /^[A-Za-z_][A-Za-z0-9_]*$/.test(hostile) && hostile !== '__proto__';
    assert.equal(parseSpec(`name: ${quoted}`, 'f').spec, null);
    assert.equal(parseSpec(`name: a\nworkers: {${quoted}: {}}`, 'f').spec, null);
    assert.equal(
      parseSpec(`name: a\nworkers: {w: {labels: {${quoted}: x}}}`, 'f').spec !== null,
      isLabel && hostile !== '__proto__',
    );
    assert.equal(parseSpec(`name: a\nworkers: {w: {environment: {${quoted}: x}}}`, 'f').spec !== null, isVariable);
  });
}

test('no problem carries a control, bidirectional or zero-width character', () => {
  const all = hostileNames.map((hostile) => `  ${JSON.stringify(hostile)}: {}`).join('\n');
  for (const { path, message } of parseSpec(`name: a\nworkers:\n${all}\n`, 'f').problems) {
    assert.doesNotMatch(path + message, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\ud800-\udfff]/);
  }
});

for (const character of ['\u0000', '\u0007', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e', '\u2066', '\ud800']) {
  test(`a value with ${JSON.stringify(character)} is refused in labels and environment`, () => {
    const value = JSON.stringify(`a${character}`);
    assert.equal(parseSpec(`name: a\nworkers: {w: {labels: {k: ${value}}}}`, 'f').spec, null);
    assert.equal(parseSpec(`name: a\nworkers: {w: {environment: {K: ${value}}}}`, 'f').spec, null);
  });
}

const bomb = [
  'a: &a0 [x, x]',
  ...Array.from({ length: 30 }, (_, index) => `b${index}: &a${index + 1} [*a${index}, *a${index}]`),
];
const explosives: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
  ['an alias bomb', bomb.join('\n'), /^expected at most 100 aliases, got more$/],
  ['a circular alias', 'a: &a [*a, *a]', /^expected at most 32 levels, got more$/],
  ['an alias to nothing', 'name: *a', /^expected an anchor "a" above, got none$/],
  ['40 levels', '['.repeat(40) + ']'.repeat(40), /^expected at most 32 levels, got more$/],
  ['50,000 levels in flow', '['.repeat(50_000), /^expected at most 32 levels, got more$/],
  ['50,000 levels in blocks', '- '.repeat(50_000), /^expected at most 32 levels, got more$/],
  ['more than 1 MiB of characters', `# ${'x'.repeat(1_048_576)}`, /^expected at most 1 MiB, got more$/],
  ['more than 1 MiB in UTF-8 only', `# ${'é'.repeat(600_000)}`, /^expected at most 1 MiB, got more$/],
];

for (const [what, text, problem] of explosives) {
  test(`${what} is refused with one problem`, () => {
    const { spec, problems } = parseSpec(text, 'f');
    assert.equal(spec, null);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.message ?? '', problem);
  });
}

test('30,000 duplicate keys cost linear time', () => {
  const text = `name: a\nworkers:\n${'  w: {}\n'.repeat(30_000)}`;
  const start = performance.now();
  assert.equal(parseSpec(text, 'f').problems.length, 29_999);
  assert.ok(performance.now() - start < 8000, 'the quadratic check of the package takes over 20 s here');
});
