// Does what is printed read back as what was meant, by this reader and by one of YAML 1.1?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPlainYaml } from '../../../stacks/formats/plain-yaml.ts';
import { formatYaml, type YamlValue } from '../../../stacks/formats/yaml.ts';
import { plainValue } from '../../../stacks/spec/document.ts';

const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
const key = text.filter((value) => value !== '__proto__' && value !== '<<');
const { value: anyValue } = fc.letrec<{ value: YamlValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test('any value survives printing and reading', () => {
  fc.assert(
    fc.property(fc.dictionary(key, anyValue, { noNullPrototype: true }), (value) => {
      const { root, errors } = readPlainYaml(formatYaml(value, 'header'));
      assert.deepEqual(errors, []);
      assert.deepEqual(root && plainValue(root), value);
    }),
    { numRuns: 300 },
  );
});

test('every text is quoted, and so is every key that YAML 1.1 would take for something else', () => {
  assert.equal(
    formatYaml(
      {
        no: 'no',
        plain: 'yes',
        '1:30': [1, 'a\u0085\u007f"\\$'],
        'a b': {},
        list: [[], [['x']], { k: null, l: [true] }],
      },
      'two\nlines',
    ),
    `# two
# lines

"no": "no"
plain: "yes"
"1:30":
  - 1
  - "a\\u0085\\u007f\\"\\\\$"
"a b": {}
list:
  - []
  -
    -
      - "x"
  - k: null
    l:
      - true
`,
  );
});

test('output that says something else than was meant is never given back', () => {
  assert.throws(() => formatYaml({ a: Number.NaN }, ''), /does not read back/);
});

test('a comment stays a comment, whatever ends its lines', () => {
  assert.equal(formatYaml({ a: 1 }, 'x\nb: 2\rc: 3\u2028d: 4'), '# x\n# b: 2\n# c: 3\n# d: 4\n\na: 1\n');
});

test('for Ansible a text that could be a template is marked as none; others need no mark', () => {
  const text = formatYaml({ list: ['yes', '{{ 7 * 7 }}', 'a {% b', 1], map: { key: '<<' } }, 'c', 'unsafe');
  assert.deepStrictEqual(text.split('\n').slice(2), [
    'list:',
    '  - "yes"',
    '  - !unsafe "{{ 7 * 7 }}"',
    '  - !unsafe "a {% b"',
    '  - 1',
    'map:',
    '  key: "<<"',
    '',
  ]);
});
