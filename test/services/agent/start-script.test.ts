// Does the shell that starts a job in a unit pass on every word and variable as it is?
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startScript } from '../../../services/agent/executors/start-script.ts';
import { layOut } from '../../support/machine.ts';

const shells = ['/bin/dash', '/bin/bash'];
const hostile = [
  "it's",
  '$HOME',
  '`id`',
  '$(id)',
  '\\',
  '\\n',
  '"',
  'a\nb',
  '*',
  '~',
  '',
  ' ',
  '; exit 9',
  '-n',
  '!',
  'ü',
  '#',
];

for (const shell of shells) {
  test(`${shell}: words, variables and the folder arrive unchanged`, {
    skip: !existsSync(shell) && `no ${shell}`,
  }, (t) => {
    const folder = layOut(t, { "w=o r'k/empty": '' });
    const work = join(folder, "w=o r'k");
    const program = join(work, 'a=b');
    // Under a name that env would take for a variable.
    symlinkSync('/usr/bin/python3', program);
    const variables = Object.fromEntries(hostile.map((text, at) => [`V${at}`, text]));
    const special = { UID: 'x y', BASHOPTS: "'", PATH: '/p', LC_ALL: 'C.UTF-8' };
    const print =
      'import json, os, sys; print(json.dumps([os.getcwd(), sys.argv[1:], dict(os.environ)], ensure_ascii=False))';
    const script = startScript(
      {
        ...{ marker: 'j.1.1', folder, work, pipe: join(folder, 'out'), memoryMiB: 0, cpus: 0, seconds: 0, devices: [] },
        command: ['a=b', '-c', print, ...hostile],
        environment: { ...variables, ...special },
      },
      program,
    );
    writeFileSync(join(folder, 'start'), script);
    const { status, stderr } = spawnSync(shell, [join(folder, 'start')], { env: {} });
    const out = readFileSync(join(folder, 'out'), 'utf8');
    assert.equal(status, 0, `${stderr}${out}`);
    const [cwd, words, environment] = JSON.parse(out);
    const { PWD: _1, SHLVL: _3, _: _4, ...seen } = environment;
    assert.deepEqual([cwd, words, seen], [work, hostile, { ...variables, ...special }]);
  });
}
