// Which clusters have an authority that a machine can be told to trust?
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { authorityFile, authorityToTrust } from '../../../stacks/cli/secrets/trust.ts';
import { ownFolder } from '../../support/folder.ts';
import { clusterOf } from '../../support/specs.ts';

const files = 'tls: {certificate: /a.crt, key: /a.key}';
const hosts = 'rack: {hosts: {node1: {address: 10.0.0.1}}}';

test('a rack has one without a proxy too, and whoever has the file; browsers care for that of a proxy alone', (t) => {
  const home = ownFolder(t);
  const place = join(home, 'secrets/authority/ca.crt');
  const both = (spec: string) => [authorityToTrust, authorityFile].map((of) => of(clusterOf(spec), home));
  assert.deepEqual(both('name: a'), [null, null]);
  assert.deepEqual(both(`name: a\nservices: {proxy: {${files}}}`), [null, null]);
  assert.deepEqual(both('name: a\nservices: {proxy: {}}'), [place, place]);
  assert.deepEqual(both(`name: a\n${hosts}`), [place, null]);
  assert.deepEqual(both(`name: a\nservices: {proxy: {${files}}}\n${hosts}`), [place, null]);
  mkdirSync(join(home, 'secrets/authority'), { recursive: true });
  writeFileSync(place, '');
  assert.deepEqual(both('name: a'), [place, null]);
});
