// Are keys found where they lie, in folders or in the flat credentials of systemd, and again when they change?
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openCredentials } from '../../../services/orchestrator/credentials.ts';
import { ownFolder } from '../../support/folder.ts';
import { testClass } from './support/orchestrator.ts';

const nobody = { workerByToken: new Map<string, string>(), inviteByToken: new Map<string, string>() };

const written = (folder: string, path: string, secret: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), `${secret}\n`);
};

test('flat names are read where there are no folders', (t) => {
  const folder = ownFolder(t);
  written(folder, 'admin', 'mk_a');
  written(folder, 'metrics_token', 'mm_a');
  written(folder, 'classes_worker-01_token', 'mc_a');
  const { identify } = openCredentials(folder, [testClass]);
  assert.deepEqual(
    ['mk_a', 'mm_a', 'mc_a', 'mc_b'].map((token) => identify(token, nobody)),
    [{ kind: 'admin' }, { kind: 'metrics' }, { kind: 'class', class: testClass }, null],
  );
});

test('a folder comes before a flat name, and each change is seen', (t) => {
  const folder = ownFolder(t);
  written(folder, 'admin', 'mk_a');
  const { identify } = openCredentials(folder, [testClass]);
  const known = (...tokens: string[]) => tokens.filter((token) => identify(token, nobody)?.kind === 'class');
  const nested = 'classes/worker-01/token';
  const flat = 'classes_worker-01_token';
  assert.deepEqual(known('mc_flat', 'mc_nested'), []);
  written(folder, flat, 'mc_flat');
  assert.deepEqual(known('mc_flat', 'mc_nested'), ['mc_flat']);
  written(folder, nested, 'mc_nested');
  assert.deepEqual(known('mc_flat', 'mc_nested'), ['mc_nested']);
  rmSync(join(folder, nested));
  assert.deepEqual(known('mc_flat', 'mc_nested'), ['mc_flat']);
  written(folder, 'next', 'mc_next');
  renameSync(join(folder, 'next'), join(folder, flat));
  assert.deepEqual(known('mc_flat', 'mc_next'), ['mc_next']);
});

test('without an admin key in either place it says where one belongs', (t) => {
  const folder = ownFolder(t);
  assert.throws(() => openCredentials(folder, []), {
    message: `there is no admin key in ${folder}/admin; make it with: muster up, or docker compose up secrets`,
  });
});
