// Does the linter of Compose files find nothing at all, over every golden?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { targets } from '../../stacks/index.ts';
import { composeText } from '../support/compose-file.ts';
import { ownFolder } from '../support/folder.ts';
import { invented, inventedConfigs } from '../support/invented-services.ts';
import { clusterOf, specs } from '../support/specs.ts';

const program = join(import.meta.dirname, '../../node_modules/.bin/dclint');
const settings = join(import.meta.dirname, 'dclint.json');

function lint(file: string): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, '-c', settings, '--max-warnings', '0', file],
    { encoding: 'utf8' },
  );
  return { code: status, text: (stdout + stderr).trim() };
}

for (const [name, text] of specs) {
  test(`dclint has no error and no warning for ${name}`, (context) => {
    const file = join(ownFolder(context), 'compose.yaml');
    writeFileSync(file, composeText(clusterOf(text)));
    assert.deepEqual(lint(file), { code: 0, text: '' });
  });
}

test('dclint has no error and no warning for services that use every word of the target', (context) => {
  const file = join(ownFolder(context), 'compose.yaml');
  const { files } = targets.compose.render(clusterOf('name: a'), invented, inventedConfigs);
  writeFileSync(file, files.find(({ path }) => path === 'compose/compose.yaml')?.text ?? '');
  assert.deepEqual(lint(file), { code: 0, text: '' });
});

test('dclint notices keys that are out of order', (context) => {
  const file = join(ownFolder(context), 'compose.yaml');
  writeFileSync(file, 'name: "a"\nservices:\n  a:\n    user: "1"\n    image: "a:1"\n');
  assert.equal(lint(file).code, 1);
});
