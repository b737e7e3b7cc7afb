// Does `muster render` write what changed, and nothing else?
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { muster } from '../../support/cli.ts';
import { ownFolder } from '../../support/folder.ts';

function clone(context: TestContext, spec = 'name: a\nworkers: {w: {}}'): string {
  const root = ownFolder(context);
  writeFileSync(join(root, 'cluster.yaml'), spec);
  return root;
}

test('the first run writes every file, the second none', async (context) => {
  const root = clone(context);
  assert.deepEqual(await muster(['render'], root), {
    code: 0,
    stdout: 'written  .env\nwritten  compose/compose.yaml\nwritten  compose/docker-stack.yml\n',
    stderr: '',
  });
  const before = statSync(join(root, 'compose/compose.yaml'));
  assert.deepEqual(await muster(['render', 'compose'], root), { code: 0, stdout: '', stderr: '' });
  const after = statSync(join(root, 'compose/compose.yaml'));
  assert.deepEqual([after.ino, after.mtimeMs, after.mode & 0o777], [before.ino, before.mtimeMs, 0o644]);
  assert.deepEqual(readdirSync(root).sort(), ['.env', 'cluster.yaml', 'compose']);
});

test('a rack is written for who names it, outside version control', async (context) => {
  const root = clone(context);
  assert.deepEqual(await muster(['render', 'systemd'], root), {
    code: 0,
    stdout: `written  build/rack/localhost/units/muster-backup.service
written  build/rack/localhost/units/muster-backup.timer
written  build/rack/localhost/units/muster-orchestrator-tls.path
written  build/rack/localhost/units/muster-orchestrator-tls.service
written  build/rack/localhost/units/muster-orchestrator.service
written  build/rack/localhost/units/muster-w.service
`,
    stderr: '',
  });
  assert.deepEqual(readdirSync(root).sort(), ['build', 'cluster.yaml']);
});

test('--check writes nothing, names what is stale and exits 1; when all is fresh it exits 0', async (context) => {
  const root = clone(context);
  const first = await muster(['render', '--check'], root);
  assert.deepEqual(first, {
    code: 1,
    stdout: 'stale    .env\nstale    compose/compose.yaml\nstale    compose/docker-stack.yml\n',
    stderr: '   → npx --no muster render\n',
  });
  assert.equal(existsSync(join(root, '.env')), false);
  await muster(['render'], root);
  assert.deepEqual(await muster(['render', '--check'], root), { code: 0, stdout: '', stderr: '' });
  writeFileSync(
    join(root, 'compose/compose.yaml'),
    `${readFileSync(join(root, 'compose/compose.yaml'), 'utf8')}# mine\n`,
  );
  assert.equal((await muster(['render', '--check'], root)).stdout, 'stale    compose/compose.yaml\n');
});

test('another spec and another folder may be named', async (context) => {
  const root = clone(context);
  writeFileSync(join(root, 'other.yaml'), 'name: other');
  const { code } = await muster(['render', 'compose', '--file', 'other.yaml', '--out', 'out'], root);
  assert.equal(code, 0);
  assert.match(readFileSync(join(root, 'out/.env'), 'utf8'), /^COMPOSE_PROJECT_NAME=other$/m);
  assert.equal(existsSync(join(root, '.env')), false);
});

test('a wrong spec writes nothing and exits 2', async (context) => {
  const root = clone(context, 'name: a\nworkers: {w: {cpu: 1}}');
  const { code, stderr } = await muster(['render'], root);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^cluster\.yaml:2:15 workers\/w\/cpu: unknown key; did you mean "cpus"\?\n.*\n1 problem; nothing was written\n$/,
  );
  assert.deepEqual(readdirSync(root), ['cluster.yaml']);
});

test('what a target cannot express is shown at its place in the spec, and the rest is written', async (context) => {
  const root = clone(context, 'name: a\nworkers:\n  w: {gpus: 2, replicas: 3}');
  const { code, stderr, stdout } = await muster(['render', 'compose'], root);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^cluster\.yaml:3:26 workers\/w\/replicas: warning: expected one replica for a count of GPUs, got 3: /,
  );
  assert.match(stdout, /^written {2}compose\/compose\.yaml$/m);
});

test('programs get the files as JSON', async (context) => {
  const root = clone(context);
  await muster(['render'], root);
  writeFileSync(join(root, '.env'), '');
  const { stdout } = await muster(['render', '--json'], root);
  assert.deepEqual(JSON.parse(stdout), {
    ok: true,
    files: ['.env', 'compose/compose.yaml', 'compose/docker-stack.yml'],
    changed: ['.env'],
    problems: [],
  });
});

test('an unknown target is answered with the nearest one', async (context) => {
  assert.deepEqual(await muster(['render', 'compos'], clone(context)), {
    code: 2,
    stdout: '',
    stderr: 'muster: there is no target "compos"\n   → did you mean "muster render compose"?\n',
  });
});

test('a place that cannot be written is one sentence with the remedy', async (context) => {
  const root = clone(context);
  writeFileSync(join(root, 'compose'), 'a file where the folder belongs');
  const { code, stderr } = await muster(['render'], root);
  assert.equal(code, 1);
  assert.match(stderr, /^muster: cannot write to .*\n {3}→ npx --no muster render --out DIR\n$/);
});
