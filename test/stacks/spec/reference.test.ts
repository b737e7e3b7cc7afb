// Is the page about cluster.yaml fresh, and does it explain every key?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonSchema } from '../../../stacks/index.ts';
import { specReference } from '../../../stacks/spec/reference.ts';
import { assertGolden } from '../../support/golden.ts';

test('docs/spec.md is fresh', () => {
  assertGolden('docs/spec.md', specReference());
});

test('the page has a row for every key that an editor completes, with its meaning', () => {
  const page = specReference();
  const missing: string[] = [];
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties, additionalProperties, anyOf } = schema as Record<string, unknown>;
    for (const [key, value] of Object.entries(properties ?? {})) {
      const { description } = value as { description: string };
      const isRow = page.split('\n').some((line) => line.startsWith(`| \`${key}\` `) && line.includes(description));
      const isSection = page.includes(`\n\n${description}\n\n`);
      if (!isRow && !isSection) missing.push(key);
      visit(value);
    }
    visit(additionalProperties);
    for (const option of (anyOf as unknown[] | undefined) ?? []) visit(option);
  };
  visit(JSON.parse(jsonSchema()));
  assert.deepEqual(missing, []);
});
