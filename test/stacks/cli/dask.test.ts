// What does `muster dask run` say where it cannot run, and which command is it where it can?
import { deepStrictEqual } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { daskRunInContainer } from '../../../stacks/index.ts';
import { muster } from '../../support/cli.ts';
import { ownFolder } from '../../support/folder.ts';
import { clusterOf } from '../../support/specs.ts';
import { ownPlace } from './support.ts';

test('without Dask in the spec it says what to add', async (t) => {
  const root = ownFolder(t);
  writeFileSync(join(root, 'cluster.yaml'), 'name: a\n');
  writeFileSync(join(root, 'a.py'), '');
  deepStrictEqual(await muster(['dask', 'run', 'a.py'], root), {
    code: 2,
    stdout: '',
    stderr: 'muster: Dask is not in cluster.yaml\n   → add "dask: {}" to services in cluster.yaml, then: make up\n',
  });
});

test('without a scheduler that runs it says how to start one', async (t) => {
  const place = await ownPlace();
  t.after(() => place.clear());
  writeFileSync(join(place.cwd, 'a.py'), '');
  deepStrictEqual(await place.muster('dask', 'run', 'a.py'), {
    code: 3,
    stdout: '',
    stderr:
      'muster: Dask is not up: its scheduler does not run\n   → make up; for a scheduler elsewhere: DASK_SCHEDULER_ADDRESS=tcp://host:8786\n',
  });
});

test('a script that cannot be read is named', async (t) => {
  const root = ownFolder(t);
  const { code, stderr } = await muster(['dask', 'run', 'absent.py'], root);
  deepStrictEqual(
    [code, stderr.split(':').slice(0, 3)],
    [2, ['muster', ' cannot read the script absent.py', ' ENOENT']],
  );
});

test('in the container the script comes over stdin, and no path of this machine', () => {
  const { dask } = clusterOf('name: a\nservices: {dask: {tls: true}}').stack;
  if (dask === null) throw new Error('no Dask');
  const { args, program, stdin } = daskRunInContainer(dask, 'print(1)\n', ['-x', 'a b']);
  deepStrictEqual([program, stdin], ['docker', 'print(1)\n']);
  deepStrictEqual(args, [
    ...['compose', '--profile', '*', 'exec', '--no-TTY'],
    ...['--env', 'DASK_CONFIG=/etc/muster/dask/scheduler.yaml'],
    ...['--env', 'DASK_SCHEDULER_ADDRESS=tls://dask-scheduler:8786'],
    ...['dask-scheduler', 'python', '-', '-x', 'a b'],
  ]);
});
