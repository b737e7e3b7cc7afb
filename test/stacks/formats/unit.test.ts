// Does every text reach systemd as a text, in the order in which it was meant?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  credentialsFolder,
  formatUnit,
  type UnitValue,
  UnitValueError,
  unitName,
} from '../../../stacks/formats/unit.ts';
import { parseUnit, withoutSpecifiers, wordsOf } from '../../../stacks/formats/unit-lines.ts';
import { readBySystemd, systemdIsThere } from '../../support/systemd.ts';

/** Signs that mean something to systemd, and some that do not. */
const hostile = fc.string({
  unit: fc.constantFrom(
    ...' ;%$\\"\'#[]=-@+!:|{}~a0é🙂'.split(''),
    ...['%n', '%%', '$$', '$HOME', '\\n', '\\x20', ' ; ', 'ExecStartPre=', '[Service]', '`id`', '$(id)'],
  ),
  maxLength: 24,
});

const speakable = hostile.filter((text) => text.isWellFormed());
const line = (key: string, value: UnitValue): string => {
  const text = formatUnit('x', [{ name: 'Service', lines: [[key, value]] }]);
  return text.slice(text.indexOf('=') + 1, -1);
};

test('a tree is printed in its order', () => {
  const text = formatUnit('Made by a test.\nExecStart=/bin/false \\', [
    { name: 'Unit', lines: [['Description', { text: '100 % of "a" $b' }]] },
    {
      name: 'Service',
      lines: [
        ['Type', { words: ['notify'] }],
        ['ExecStart', { program: '/opt/a/bin/b', arguments: ['plain', 'a b', '$HOME %n', ';', '', 'say "\\"'] }],
        ['Environment', { name: 'TOKEN_FILE', is: [credentialsFolder, '/a b'] }],
        ['Environment', { name: 'TEXT', is: '5% "of" $X' }],
        ['LoadCredential', { credential: 'classes_a_token', from: '/etc/muster/secrets/classes/a/token' }],
        ['SystemCallFilter', { words: ['@system-service'] }],
        ['SystemCallFilter', { words: ['~@privileged', '@resources'] }],
        ['CapabilityBoundingSet', { words: [] }],
        ['TimeoutStopSec', { seconds: 45 }],
        ['MemoryMax', { mebibytes: 512 }],
        ['CPUQuota', { percent: 150 }],
        ['TasksMax', 256],
        ['NoNewPrivileges', true],
      ],
    },
    { name: 'Install', lines: [['WantedBy', { words: ['multi-user.target'] }]] },
  ]);
  assert.equal(
    text,
    `# Made by a test.
# ExecStart=/bin/false ${''}

[Unit]
Description=100 %% of "a" $b

[Service]
Type=notify
ExecStart=/opt/a/bin/b plain "a b" "$$HOME %%n" ";" "" "say \\"\\\\\\""
Environment="TOKEN_FILE=%d/a b"
Environment="TEXT=5%% \\"of\\" $X"
LoadCredential=classes_a_token:/etc/muster/secrets/classes/a/token
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
CapabilityBoundingSet=
TimeoutStopSec=45s
MemoryMax=512M
CPUQuota=150%
TasksMax=256
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
`,
  );
});

test('any argument and any variable is read back as that text, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.array(speakable, { minLength: 1, maxLength: 6 }), (words) => {
      const text = formatUnit('x', [
        {
          name: 'Service',
          lines: [
            ['Type', { words: ['simple'] }],
            ['ExecStart', { program: '/bin/a', arguments: words }],
            ...words.map((is, index) => ['Environment', { name: `V${index}`, is }] as const),
            ['Restart', { words: ['always'] }],
          ],
        },
      ]);
      const lines = parseUnit(text);
      assert.deepEqual(
        lines.map(({ key }) => key),
        ['Type', 'ExecStart', ...words.map(() => 'Environment'), 'Restart'],
      );
      const read = wordsOf(lines[1]?.value ?? '').map((word) => withoutSpecifiers(word.replaceAll('$$', '$')).join(''));
      assert.deepEqual(read, ['/bin/a', ...words]);
      for (const [index, word] of words.entries()) {
        const variable = wordsOf(lines[index + 2]?.value ?? '').map((each) => withoutSpecifiers(each).join(''));
        assert.deepEqual(variable, [`V${index}=${word}`]);
      }
    }),
  );
});

test('what systemd cannot be told is refused, with the field and the reason', () => {
  const bad = ['a\nExecStartPre=/bin/sh', 'a\r', '\u0000', '\u001B[0m', '\u007F', '\u0085', '\u2028', '\uD800'];
  for (const text of bad) {
    const values: readonly (readonly [string, UnitValue])[] = [
      ['Description', { text }],
      ['ExecStart', { program: '/bin/a', arguments: [text] }],
      ['Environment', { name: 'A', is: text }],
      ['Environment', { name: text, is: 'a' }],
      ['ReadWritePaths', { words: [text] }],
      ['ExecStart', { program: `/bin/${text}`, arguments: [] }],
      ['LoadCredential', { credential: text, from: '/a' }],
      ['LoadCredential', { credential: 'a', from: `/${text}` }],
    ];
    for (const [key, value] of values) {
      assert.throws(
        () => line(key, value),
        (error: Error) => error instanceof UnitValueError && error.message.startsWith(`Service/${key}: expected `),
        JSON.stringify(value),
      );
    }
  }
});

test('no path carries a sign that changes its rights, and no text ends in a blank or a backslash', () => {
  for (const program of ['+/bin/a', '-/bin/a', '!/bin/a', ':/bin/a', '@/bin/a', 'bin/a', '/bin/a b', '/bin/../a', '']) {
    assert.throws(() => line('ExecStart', { program, arguments: [] }), UnitValueError, program);
  }
  for (const text of ['', ' a', 'a ', 'a\\']) assert.throws(() => line('Description', { text }), UnitValueError, text);
  for (const word of ['', 'a b', '"', '$A', '%n', 'a\\']) {
    assert.throws(() => line('ReadWritePaths', { words: [word] }), UnitValueError, word);
  }
  for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => line('TimeoutStopSec', { seconds: amount }), UnitValueError);
  }
  for (const name of ['', '-a', 'a.b', 'a/b', 'A', 'a@b', 'a%n', 'a\nb']) assert.throws(() => unitName(name), name);
  assert.equal(unitName('dask-cpu'), 'muster-dask-cpu.service');
});

test('comments and joined lines are read as systemd reads them', () => {
  assert.deepEqual(parseUnit('[A]\n# k=1 \\\nl=2\n; m=3\nn = a \\\n# kept out\n  b\n'), [
    { section: 'A', key: 'l', value: '2' },
    { section: 'A', key: 'n', value: 'a    b' },
  ]);
});

test('systemd itself reads the same program, arguments and variables', { skip: systemdIsThere() }, () => {
  const cases = fc.sample(fc.array(speakable, { minLength: 1, maxLength: 6 }), { numRuns: 60, seed: 5 });
  const units = cases.map((words, index) => ({
    name: unitName(`case-${index}`),
    text: formatUnit('Made by a test.', [
      { name: 'Unit', lines: [['Description', { text: `case ${index}: % "$x" end` }]] },
      {
        name: 'Service',
        lines: [
          ...words.map((is, at) => ['Environment', { name: `V${at}`, is }] as const),
          ['ExecStart', { program: '/bin/echo', arguments: words }],
        ],
      },
    ]),
  }));
  const read = readBySystemd(units);
  for (const [index, words] of cases.entries()) {
    assert.deepEqual(read.get(unitName(`case-${index}`)), {
      description: `case ${index}: % "$x" end`,
      commands: [['/bin/echo', ...words]],
      environment: words.map((word, at) => `V${at}=${word}`),
    });
  }
});
