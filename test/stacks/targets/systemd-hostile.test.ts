// Can a user's text change what a unit says? Whatever it holds, only the one variable differs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withoutSpecifiers, wordsOf } from '../../../stacks/formats/unit-lines.ts';
import { parseSpec, render, resolve, targets } from '../../../stacks/index.ts';
import { type UnitFile, unitsOf } from '../../support/unit-file.ts';

const signs = [
  ...['%', '%n', '%%', '$', '$$', '$' + '{X}', '\\', '\\n', '\\x0a', '"', "'", ';', ' ; ', '#', '[Service]', '='],
  ...['ExecStartPre=/bin/sh', '-', '@', '+', '!', '`id`', '$(id)', ' ', '\u00a0', 'é', '😀'],
];
const text = fc.array(fc.oneof(fc.constantFrom(...signs), fc.string({ unit: 'grapheme', maxLength: 4 })), {
  maxLength: 8,
});
const texts = fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/), text, { maxKeys: 3, noNullPrototype: true });

type Texts = Readonly<Record<string, string>>;

/** Null when the checker refuses the texts. */
function unitsWith(labels: Texts, environment: Texts): readonly UnitFile[] | null {
  const { spec } = parseSpec(JSON.stringify({ name: 'a', workers: { w: { labels, environment } } }), 'f');
  return spec === null ? null : unitsOf(resolve(spec));
}

/** As systemd has them: variables by name. */
const variables = (unit: UnitFile): ReadonlyMap<string, string> =>
  new Map(
    unit.all('Environment').map((line) => {
      const [word = '', ...others] = wordsOf(line).map((each) =>
        withoutSpecifiers(each)
          .map((part) => (typeof part === 'string' ? part : `<${part.specifier}>`))
          .join(''),
      );
      assert.deepEqual(others, []);
      return word.split(/=(.*)/s).slice(0, 2) as [string, string];
    }),
  );

/** Everything but the variables. */
const rest = ({ text: whole }: UnitFile): string => whole.replace(/^Environment=.*\n/gm, '');

test('labels and environment of any text arrive unchanged, and nothing else changes', () => {
  const plain = unitsWith({ K: 'plain' }, {}) ?? [];
  let rendered = 0;
  const join = (parts: Readonly<Record<string, readonly string[]>>): Texts =>
    Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, value.join('')]));
  fc.assert(
    fc.property(texts.map(join), texts.map(join), (labels, environment) => {
      const units = unitsWith(labels, environment);
      if (units === null) return;
      rendered += 1;
      assert.deepEqual(units.map(rest), plain.map(rest));
      for (const [index, unit] of units.entries()) {
        const found = variables(unit);
        const own = variables(plain[index] as UnitFile);
        const added = unit.service === 'w' ? Object.keys(environment) : [];
        assert.deepEqual([...found.keys()].sort(), [...new Set([...own.keys(), ...added])].sort());
        if (unit.service === 'w') {
          assert.deepEqual(JSON.parse(found.get('MUSTER_LABELS') ?? ''), labels);
          for (const name of added) assert.equal(found.get(name), environment[name]);
        } else if (unit.service === 'orchestrator') {
          const classes = [{ name: 'w', maxReplicas: 16, labels }];
          assert.deepEqual(JSON.parse(found.get('MUSTER_CLASSES') ?? ''), classes);
        }
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(rendered > 100, `only ${rendered} of 300 specs were right`);
});

test('classes that do not fit into one variable are refused', () => {
  const workers = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`w${index}x`, { labels: { k: 'x'.repeat(255) } }]),
  );
  const { spec } = parseSpec(JSON.stringify({ name: 'a', workers }), 'f');
  assert.ok(spec);
  assert.deepEqual(
    render(resolve(spec), [targets.systemd]).findings.map(({ path, severity }) => [severity, path]),
    [['error', ['workers']]],
  );
});
