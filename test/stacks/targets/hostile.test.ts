// Can a user's text change what a generated file says? Whatever it holds, only the one value differs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSpec, render, resolve, targets } from '../../../stacks/index.ts';
import { type ComposeFile, parseCompose } from '../../support/compose-file.ts';

const dangerous = [
  '$',
  '$$',
  '$' + '{X}',
  '$' + '{MUSTER_HOME:-x}',
  '$(id)',
  '`id`',
  '{{ x }}',
  '{%',
  '"',
  "'",
  '\\',
  ';',
  '#',
  ' #',
  ': ',
  '- ',
  '&a',
  '*a',
  '!!js',
  '%',
  '|',
  '>',
  '@',
  '<<',
  'no',
  '1:30',
  '0x1',
  '~',
  '\u00a0',
  '\ufeff',
  '😀',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...dangerous), fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 8 })
  .map((parts) => parts.join(''));
const labelKey = fc.stringMatching(/^[A-Za-z0-9._/-]{1,63}$/);
const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/);

/** A spec as JSON, which is YAML; null when the checker refuses the texts. */
function composeOf(labels: Record<string, string>, environment: Record<string, string>): ComposeFile | null {
  const { spec } = parseSpec(JSON.stringify({ name: 'a', workers: { w: { labels, environment } } }), 'f');
  if (spec === null) return null;
  return parseCompose(
    render(resolve(spec), [targets.compose]).files.find(({ path }) => path.endsWith('.yaml'))?.text ?? '',
  );
}

/** As Compose reads a value: `$$` is `$`; a `$` that is left would be interpolated. */
function interpolated(value: string | null | undefined): string {
  const rest = String(value).replaceAll('$$', '\u0000');
  assert.doesNotMatch(rest, /\$/);
  return rest.replaceAll('\u0000', '$');
}

test('labels and environment of any text arrive unchanged, and nothing else changes', () => {
  const plain = composeOf({ k: 'plain' }, { K: 'plain' });
  let rendered = 0;
  fc.assert(
    fc.property(
      fc.dictionary(labelKey, text, { maxKeys: 3, noNullPrototype: true }),
      fc.dictionary(variable, text, { maxKeys: 3, noNullPrototype: true }),
      (labels, environment) => {
        const file = composeOf(labels, environment);
        if (file === null || plain === null) return;
        rendered += 1;
        const { w: worker, orchestrator, ...others } = file.services;
        assert.deepEqual(JSON.parse(interpolated(worker?.environment.MUSTER_LABELS)), labels);
        const classes = [{ name: 'w', maxReplicas: 16, labels }];
        assert.deepEqual(JSON.parse(interpolated(orchestrator?.environment.MUSTER_CLASSES)), classes);
        const names = Object.keys(environment);
        for (const name of names) assert.equal(interpolated(worker?.environment[name]), environment[name]);
        const { w: plainWorker, orchestrator: plainOrchestrator, ...plainOthers } = plain.services;
        assert.deepEqual({ ...worker, environment: null }, { ...plainWorker, environment: null });
        assert.deepEqual({ ...orchestrator, environment: null }, { ...plainOrchestrator, environment: null });
        assert.deepEqual([others, file.networks, file.volumes], [plainOthers, plain.networks, plain.volumes]);
        const own = Object.keys(plainWorker?.environment ?? {}).filter((name) => name !== 'K');
        assert.deepEqual(Object.keys(worker?.environment ?? {}).sort(), [...new Set([...own, ...names])].sort());
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(rendered > 100, `only ${rendered} of 300 specs were right`);
});

test('a cluster whose classes do not fit into one variable is refused', () => {
  const workers = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`w${index}x`, { labels: { k: 'x'.repeat(255) } }]),
  );
  const { spec } = parseSpec(JSON.stringify({ name: 'a', workers }), 'f');
  assert.ok(spec);
  assert.deepEqual(
    render(resolve(spec), [targets.compose]).findings.map(({ severity, path }) => [severity, path]),
    [['error', ['workers']]],
  );
});

test('a count of GPUs for several replicas is a warning, for they share the same ones', () => {
  const { spec } = parseSpec('name: a\nworkers: {w: {gpus: 2, replicas: 2}, v: {gpus: 2}, u: {gpus: auto}}', 'f');
  assert.ok(spec);
  assert.deepEqual(
    render(resolve(spec), [targets.compose]).findings.map(({ severity, path }) => [severity, path]),
    [['warning', ['workers', 'w', 'replicas']]],
  );
});

test('1,000 workers are rendered in less than 1.5 s', () => {
  const workers = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`w${index}x`, { labels: { size: 'large' } }]),
  );
  const text = JSON.stringify({ name: 'a', workers });
  const start = process.cpuUsage();
  const { spec } = parseSpec(text, 'f');
  assert.ok(spec);
  assert.equal(render(resolve(spec), [targets.compose]).findings.length, 0);
  const { user, system } = process.cpuUsage(start);
  // Processor time, garbage collection of other threads included: other tests run beside this one.
  assert.ok(user + system < 3_000_000, `${(user + system) / 1e6} s`);
});
