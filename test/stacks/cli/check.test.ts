// Does `muster check` say everything at once, to people and to programs?
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { muster } from '../../support/cli.ts';
import { ownFolder } from '../../support/folder.ts';

function clone(context: TestContext, spec: string | Buffer): string {
  const root = ownFolder(context);
  writeFileSync(join(root, 'cluster.yaml'), spec);
  mkdirSync(join(root, 'sub'));
  return root;
}

test('a right spec gets one line and exit code 0', async (context) => {
  const root = clone(context, 'name: a\nworkers: {w: {cpus: 1, memory: 128MiB}}');
  assert.deepEqual(await muster(['check'], root), {
    code: 0,
    stdout: 'cluster.yaml: cluster "a", 1 class of workers\n',
    stderr: '',
  });
});

test('from a subfolder the file is named as it is reached from there', async (context) => {
  const root = clone(context, 'name: no');
  const { code, stdout } = await muster(['check'], root, join(root, 'sub'));
  assert.equal(code, 2);
  assert.match(
    stdout,
    /^\.\.\/cluster\.yaml:1:7 name: expected a name .*, got "no"\n {3}→ rename it, .*\n1 problem; nothing was written\n$/,
  );
});

test('a file may be named', async (context) => {
  const root = clone(context, 'name: no');
  writeFileSync(join(root, 'sub/other.yaml'), 'name: a');
  const { code, stdout } = await muster(['check', 'other.yaml'], root, join(root, 'sub'));
  assert.deepEqual([code, stdout], [0, 'other.yaml: cluster "a", 0 classes of workers\n']);
});

test('a worker larger than this host is a warning, and the exit code stays 0', async (context) => {
  const root = clone(context, 'name: a\nworkers: {w: {cpus: 1000, memory: 128MiB}}');
  const { code, stdout } = await muster(['check'], root);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^cluster\.yaml:2:21 workers\/w\/cpus: warning: w wants 1000 CPUs, this host has \d+\n {3}→ .*\n1 warning\n/,
  );
});

test('programs get the same problems as JSON', async (context) => {
  const root = clone(context, 'name: a\nports: 1');
  const { code, stdout } = await muster(['check', '--json'], root);
  assert.equal(code, 2);
  assert.deepEqual(JSON.parse(stdout), {
    file: 'cluster.yaml',
    ok: false,
    problems: [
      {
        severity: 'error',
        path: 'ports',
        message:
          'unknown key; expected one of name, orchestrator, defaults, workers, services, pools, clouds, swarm, rack, got "ports"',
        remedy: 'remove it',
        file: 'cluster.yaml',
        line: 2,
        column: 1,
      },
    ],
  });
});

const unreadable: readonly (readonly [file: string, reason: string])[] = [
  ['absent.yaml', 'there is no such file'],
  ['sub', 'it is a folder'],
  ['cluster.yaml', 'it is not text in UTF-8'],
];
for (const [file, reason] of unreadable) {
  test(`a spec that cannot be read says that ${reason}`, async (context) => {
    const root = clone(context, Buffer.from([0x6e, 0xff, 0xfe]));
    assert.deepEqual(await muster(['check', file], root), {
      code: 2,
      stdout: '',
      stderr: `muster: cannot read ${file}: ${reason}\n   → name the spec of a cluster, such as cluster.yaml\n`,
    });
  });
}

test('a file of more than 1 MiB is refused, whatever it holds', async (context) => {
  const root = clone(context, `name: a # ${'é'.repeat(2_000_000)}`);
  const { code, stdout } = await muster(['check'], root);
  assert.deepEqual([code, stdout.split('\n')[0]], [2, 'cluster.yaml:1:1: expected at most 1 MiB, got more']);
});

test('unknown verbs and options are answered with the nearest one and exit code 2', async (context) => {
  const root = clone(context, 'name: a');
  assert.deepEqual(await muster(['chek'], root), {
    code: 2,
    stdout: '',
    stderr: `muster: unknown command 'chek'\n   → did you mean "check"?\n`,
  });
  assert.deepEqual(await muster(['check', '--jsn'], root), {
    code: 2,
    stdout: '',
    stderr: `muster: unknown option '--jsn'\n   → did you mean "--json"?\n`,
  });
});

test('help goes to stdout and names every verb; the version is printed', async (context) => {
  const root = clone(context, '');
  const help = await muster(['--help'], root);
  assert.equal(help.code, 0);
  for (const verb of ['check', 'render']) assert.match(help.stdout, new RegExp(`^  ${verb} `, 'm'));
  assert.deepEqual(await muster([], root), help);
  assert.match((await muster(['--version'], root)).stdout, /^\d+\.\d+\.\d+\n$/);
});
