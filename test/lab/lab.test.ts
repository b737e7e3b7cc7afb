// Are the lab's parts there, and are they what they are called?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanEnvironment, type Engine, labEnvironment, whyNoDocker } from '../support/lab.ts';
import { textOf } from '../support/sources.ts';

const absent =
  labEnvironment().MUSTER_LAB_MODELS === undefined ? 'the lab with its tools is absent' : whyNoDocker('oldest');
const options = absent === null ? {} : { skip: absent };

function run(engine: Engine, program: string, ...args: string[]): string {
  const ran = spawnSync(program, args, { env: cleanEnvironment(engine), encoding: 'utf8' });
  strictEqual(ran.status, 0, `${program} ${args.join(' ')}: ${ran.error ?? ran.stderr}`);
  return ran.stdout + ran.stderr;
}
const inside = (...args: string[]): string[] =>
  run('main', 'docker', 'run', '--rm', ...args)
    .trim()
    .split('\n');

test('main is the current engine, oldest is 20.10, each with a client of its age', options, () => {
  const versions = '{{.Client.Version}} {{.Server.Version}}';
  match(run('main', 'docker', 'version', '--format', versions), /^29\..* 29\./);
  match(run('oldest', 'docker', 'version', '--format', versions), /^20\.10\..* 20\.10\./);
});

test('GPUs that are asked for are injected, by number, by name, and of a maker that nobody knows', options, () => {
  const look = [
    'debian:bookworm-slim',
    'sh',
    '-c',
    'echo $FAKE_GPU $FAKE_DEVICE; ls -d /dev/nvidia* /dev/muster* 2>/dev/null || true',
  ];
  deepStrictEqual(inside(...look), ['']);
  deepStrictEqual(inside('--gpus', '1', ...look), ['0', '/dev/nvidia0']);
  deepStrictEqual(inside('--gpus', 'device=1', ...look), ['1', '/dev/nvidia1']);
  deepStrictEqual(inside('--gpus', 'all', ...look), ['all', '/dev/nvidia0', '/dev/nvidia1']);
  deepStrictEqual(inside('--device', 'muster.test/gpu=1', ...look), ['1', '/dev/muster1']);
});

test('each tool is on the PATH and answers', options, () => {
  const tools = {
    nginx: ['-v'],
    ...{ prometheus: ['--version'], promtool: ['--version'], alertmanager: ['--version'], amtool: ['--version'] },
    ...{ ollama: ['--version'], pebble: ['-version'], chromium: ['--version'], openssl: ['version'] },
    ...{ dask: ['--version'], gixy: ['--version'], 'compose-lint': ['--version'], yamllint: ['--version'] },
    ...{ checkov: ['--version'], 'cloud-init': ['--version'] },
    ...{ 'ansible-playbook': ['--version'], 'ansible-lint': ['--offline', '--version'] },
  };
  for (const [tool, args] of Object.entries(tools)) match(run('main', tool, ...args), /\d+\.\d+|dev/, tool);
});

test("Pulumi's command is the version that its module names", options, () => {
  const folder = labEnvironment().MUSTER_LAB_PULUMI ?? '';
  const named = /^require github.com\/pulumi\/pulumi\/pkg\/v3 (\S+)$/m.exec(textOf('test/lab/pulumi/go.mod'))?.[1];
  strictEqual(run('main', join(folder, 'pulumi'), 'version').trim(), named);
});
