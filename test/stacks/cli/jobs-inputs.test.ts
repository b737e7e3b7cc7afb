// Which path has an input in its job, and what do the flags ask for?
import { deepStrictEqual, throws } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { namedFiles } from '../../../stacks/cli/jobs/inputs.ts';
import { jobRequest } from '../../../stacks/cli/jobs/request.ts';
import { ownFolder } from '../../support/folder.ts';

test('a file below this folder keeps its path, another one its name; the same file twice is one', (t) => {
  const folder = ownFolder(t);
  const here = join(folder, 'here');
  mkdirSync(join(here, 'sub'), { recursive: true });
  for (const path of ['sub/a.txt', '..odd', '../outside.txt']) writeFileSync(join(here, path), 'x');
  const files = namedFiles(here, [
    'sub/a.txt',
    './sub/../sub/a.txt',
    '..odd',
    '../outside.txt',
    join(here, 'sub/a.txt'),
  ]);
  deepStrictEqual(
    files.map(({ path }) => path),
    ['sub/a.txt', '..odd', 'outside.txt'],
  );
});

test('two files that would be one in the job are refused', (t) => {
  const folder = ownFolder(t);
  for (const part of ['a', 'b', 'here']) mkdirSync(join(folder, part));
  for (const path of ['a/x', 'b/x']) writeFileSync(join(folder, path), '');
  throws(() => namedFiles(join(folder, 'here'), ['../a/x', '../b/x']), /two inputs would both be "x" in the job/);
});

test('flags become a job; what is not said is left to the orchestrator', () => {
  deepStrictEqual(jobRequest({}, ['true']), { command: ['true'] });
  const flags = {
    name: 'n',
    label: ['gpu=rtx*', 'zone=a=b'],
    env: ['A='],
    gpus: '2',
    cpus: '0.5',
    memory: '2GiB',
    retries: '0',
    timeout: '10m',
    priority: '20',
    output: ['out/**'],
  };
  deepStrictEqual(jobRequest(flags, ['sh', '-c', 'x']), {
    command: ['sh', '-c', 'x'],
    name: 'n',
    labels: { gpu: 'rtx*', zone: 'a=b' },
    environment: { A: '' },
    gpus: 2,
    cpus: 0.5,
    memoryMiB: 2048,
    retries: 0,
    priority: 20,
    timeoutSeconds: 600,
    outputs: ['out/**'],
  });
  throws(() => jobRequest({}, []), /expected a command after --, got none/);
});

test('all flags that are wrong are told at once', () => {
  const flags = { label: ['bad'], env: ['=x'], gpus: '0x10', cpus: '-1', memory: '4G', retries: '1.5', timeout: '10' };
  throws(
    () => jobRequest(flags, ['true']),
    (error: Error) => {
      deepStrictEqual(
        error.message.split(/\n +/).map((line) => line.split(':')[0]),
        ['--label', '--env', '--gpus', '--cpus', '--memory', '--retries', '--timeout'],
      );
      return true;
    },
  );
});
