// Does the Compose Specification know every key that is rendered?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeText, parseCompose } from '../support/compose-file.ts';
import { composeSchemaCheck } from '../support/schemas.ts';
import { clusterOf, specs } from '../support/specs.ts';

const check = composeSchemaCheck();

for (const [name, text] of specs) {
  test(`the file of ${name} meets the current schema`, () => {
    assert.deepEqual(check(parseCompose(composeText(clusterOf(text)))), []);
  });
}

test('the schema notices a key that does not exist', () => {
  const { services, ...file } = parseCompose(composeText(clusterOf('name: a')));
  assert.notDeepEqual(check({ ...file, services: { ...services, x: { image: 'a', read_onyl: true } } }), []);
});
