// Do the linters of Compose and stack files find nothing in those of many different specs?
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DCLinter } from 'dclint';
import { parseCompose } from '../support/compose-file.ts';
import { judge, judgeEach, lintedSpecs, needs, writeLinted } from '../support/linted-files.ts';
import { composeSchemaCheck } from '../support/schemas.ts';
import { clusterOf } from '../support/specs.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-linters-'));
const composeFile = (name: string): string => join(folder, name, 'compose/compose.yaml');
const names = [...lintedSpecs.keys()];

before(() => writeLinted(folder));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the Compose Specification knows every word', () => {
  const check = composeSchemaCheck();
  for (const name of names) assert.deepEqual(check(parseCompose(readFileSync(composeFile(name), 'utf8'))), [], name);
});

const dclint = new DCLinter({
  rules: {},
  quiet: false,
  debug: false,
  exclude: [],
  ...JSON.parse(readFileSync(join(import.meta.dirname, 'dclint.json'), 'utf8')),
});

/** Its own types do not reach us. */
type Linted = {
  readonly filePath: string;
  readonly messages: readonly { readonly message: string; readonly rule: string }[];
};

test('dclint has no error and no warning', () => {
  const results: readonly Linted[] = dclint.lintFiles(names.map(composeFile), false);
  assert.equal(results.length, names.length);
  assert.deepEqual(
    results.flatMap(({ filePath, messages }) =>
      messages.map(({ message, rule }) => `${filePath}: ${rule}: ${message}`),
    ),
    [],
  );
});

const composeOptions = needs('docker');

test('Compose reads every file without a word', composeOptions, async () => {
  const read = (name: string) => judge('docker', ['compose', '--profile', '*', 'config', '-q'], join(folder, name));
  for (const [name, verdict] of await judgeEach(names, read)) assert.deepEqual(verdict, { code: 0, said: '' }, name);
});

/** What compose-lint says and we do not follow, by its rule, with what may be said of it. */
const waivers: Readonly<Record<string, { readonly of: RegExp; readonly because: string }>> = {
  'CL-0019': {
    of: /^Image '[^']*:[\w.-]*\d[\w.-]*' is pinned to a tag but not a digest/,
    because: 'an exact tag is the least that a spec must say, a digest the most: the choice is its writer’s',
  },
  'CL-0020': {
    of: /env key 'MUSTER_SECRET(?:S|_FILES)' with a literal value/,
    because: 'they name a folder and files that are made there, never what is in them',
  },
  'CL-0022': { of: /^tmpfs mount '\/tmp' re-enables exec/, because: 'jobs build and run programs in there' },
};

/** The spec says `public`: that is meant, and nothing to waive. */
const isPublic = (name: string): boolean => clusterOf(lintedSpecs.get(name) ?? '').stack.proxy?.public === true;

type Found = { readonly file: string; readonly rule_id: string; readonly message: string; readonly service: string };

async function composeLint(files: readonly string[]): Promise<readonly Found[]> {
  const { said } = await judge('compose-lint', ['check', '--format', 'json', '--no-env', ...files], folder);
  const { errors, findings, warnings } = JSON.parse(said);
  assert.deepEqual([errors, warnings], [[], []]);
  return findings;
}

test(
  'compose-lint finds what is waived, ports of what is public, and nothing else',
  needs('compose-lint'),
  async () => {
    const found = await composeLint(names.map((name) => `${name}/compose/compose.yaml`));
    const used = new Set<string>();
    const left = found.filter(({ file, message, rule_id, service }) => {
      if (rule_id === 'CL-0005' && service === 'proxy') return !isPublic(file.split('/')[0] as string);
      const isWaived = waivers[rule_id]?.of.test(message) ?? false;
      if (isWaived) used.add(rule_id);
      return !isWaived;
    });
    assert.deepEqual(
      left.map(({ file, message, rule_id }) => `${file}: ${rule_id}: ${message}`),
      [],
    );
    assert.deepEqual([...used].sort(), Object.keys(waivers), 'a waiver that nothing needs');
  },
);

test('each of the linters notices what is wrong', composeOptions, async () => {
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(wrong, 'name: "a"\nservices:\n  a:\n    user: "1"\n    image: "a"\n    privileged: true\n');
  assert.notDeepEqual(dclint.lintFiles([wrong], false)[0]?.messages, []);
  if (needs('compose-lint').skip === undefined) assert.notDeepEqual(await composeLint(['wrong.yaml']), []);
  writeFileSync(wrong, 'name: "a"\nservices:\n  a:\n    image: "a:1"\n    read_onyl: true\n');
  const { code } = await judge('docker', ['compose', '-f', wrong, 'config', '-q'], folder);
  assert.notEqual(code, 0);
});
