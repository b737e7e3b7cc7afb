// Does the schema that editors get say the same as the checker, and document every key?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPlainYaml } from '../../../stacks/formats/plain-yaml.ts';
import { jsonSchema, parseSpec } from '../../../stacks/index.ts';
import { plainValue } from '../../../stacks/spec/document.ts';
import { assertGolden } from '../../support/golden.ts';
import { jsonSchemaCheck } from '../../support/schemas.ts';
import { specs } from '../../support/specs.ts';

const check = jsonSchemaCheck(JSON.parse(jsonSchema()));

function specValue(text: string): unknown {
  const { root } = readPlainYaml(text);
  return root && plainValue(root);
}

test('cluster.schema.json is fresh', () => {
  assertGolden('cluster.schema.json', jsonSchema());
});

test('every key has a description', () => {
  const missing: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties, additionalProperties, anyOf } = schema as Record<string, unknown>;
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (typeof (value as { description?: unknown }).description !== 'string') missing.push(`${path}/${key}`);
      visit(value, `${path}/${key}`);
    }
    visit(additionalProperties, `${path}/*`);
    for (const option of (anyOf as unknown[] | undefined) ?? []) visit(option, path);
  };
  visit(JSON.parse(jsonSchema()), '');
  assert.deepEqual(missing, []);
});

for (const [name, text] of specs) {
  test(`an editor finds no fault with the example ${name}`, () => {
    assert.deepEqual(check(specValue(text)), []);
  });
}

const wrong = [
  'nam: a',
  'name: no',
  'name: a\nworkers: {-w: {}}',
  'name: a\nworkers: {w: {cpus: "4"}}',
  'name: a\nworkers: {w: {memory: 8}}',
  'name: a\nworkers: {w: {gpus: some}}',
  'name: a\nworkers: {w: {image: "a:latest"}}',
  'name: a\nworkers: {w: {labels: {k: "\\u202e"}}}',
];
for (const text of wrong) {
  test(`editor and checker both refuse ${JSON.stringify(text)}`, () => {
    assert.equal(parseSpec(text, 'f').spec, null);
    assert.notDeepEqual(check(specValue(text)), []);
  });
}
