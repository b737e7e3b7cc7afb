// Is the compiled policy pack what its source says, and does it hold nothing but the rules?
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { knownProps } from '../../infra/policy/known.ts';
import { awsRules } from '../../infra/policy/rules-aws.ts';
import { gcpRules } from '../../infra/policy/rules-gcp.ts';
import { bundlePolicyPack } from '../../stacks/drivers/bundle.ts';
import { ownFolder } from '../support/folder.ts';
import { assertGolden } from '../support/golden.ts';
import { root } from '../support/sources.ts';

const pack = 'infra/policy/pack.cjs';

test('the committed pack is the source, compiled; it can be started', async (t) => {
  const fresh = join(ownFolder(t), 'pack.cjs');
  await bundlePolicyPack(root, fresh);
  assertGolden(pack, readFileSync(fresh, 'utf8'));
  strictEqual(statSync(join(root, pack)).mode & 0o111, 0o111);
});

test('every rule of both clouds is in it, and no package', () => {
  const text = readFileSync(join(root, pack), 'utf8');
  for (const { name } of [...awsRules, ...gcpRules]) ok(text.includes(`"${name}"`), name);
  ok(text.length < 30_000, String(text.length));
});

test('the pack and its package have one version, and the packages are those of the clone', () => {
  const jsonAt = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const { dependencies, version } = jsonAt('infra/policy/package.json');
  const { devDependencies } = jsonAt('package.json');
  ok(readFileSync(join(root, 'infra/policy/PulumiPolicy.yaml'), 'utf8').includes(`version: ${version}\n`));
  for (const [name, wanted] of Object.entries(dependencies)) strictEqual(wanted, devDependencies[name], name);
});

test('what is not known in a preview stands aside, and hides nothing beside it', () => {
  const throwing = {
    get id(): string {
      throw new Error('known later');
    },
    list: [1, { a: 'b' }],
    none: null,
  };
  deepStrictEqual(knownProps({ throwing }), {
    throwing: { id: '(known later)', list: [1, { a: 'b' }], none: null },
  });
});
