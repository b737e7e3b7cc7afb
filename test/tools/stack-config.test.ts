// Does the real docker command read a stack file as it was meant? `docker stack config`, which needs no engine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { writeFiles } from '../../stacks/drivers/files.ts';
import { render, targets } from '../../stacks/index.ts';
import { ownFolder } from '../support/folder.ts';
import { cleanEnvironment } from '../support/lab.ts';
import { manySpecs } from '../support/many-specs.ts';
import { clusterOf, specs } from '../support/specs.ts';
import { parseStack, stackText } from '../support/stack-file.ts';

const env = cleanEnvironment();
const hasCommand = spawnSync('docker', ['stack', 'config', '--help'], { env }).status === 0;
const options = hasCommand ? {} : { skip: 'the docker command has no `stack config`' };

async function configured(folder: string, text: string): Promise<{ readonly said: string; readonly printed: string }> {
  await writeFiles(folder, render(clusterOf(text), [targets.swarm]).files);
  const args = ['stack', 'config', '--compose-file', 'compose/docker-stack.yml'];
  const { status, stderr, stdout } = spawnSync('docker', args, { cwd: folder, encoding: 'utf8', env });
  assert.equal(status, 0, stderr);
  return { said: stderr, printed: stdout };
}

for (const [name, text] of [...specs, ...manySpecs]) {
  test(`docker reads the stack of ${name} without a word`, options, async (context) => {
    const { printed, said } = await configured(ownFolder(context), text);
    assert.equal(said, '');
    const meant = parseStack(stackText(clusterOf(text)));
    const names = Object.keys(parseStack(printed).services);
    assert.deepEqual(names.sort(), Object.keys(meant.services).sort());
  });
}

test('hostile texts reach a service as they were written', options, async (context) => {
  const value = '$HOME $' + "{X:-y} $$ $(id) `id` {{ x }} 'q' # : - & * ! % | > @ é 😀";
  const spec = JSON.stringify({ name: 'a', workers: { w: { environment: { K: value } } } });
  const { printed } = await configured(ownFolder(context), spec);
  assert.equal(parseStack(printed).services.w?.environment?.K, value);
});
