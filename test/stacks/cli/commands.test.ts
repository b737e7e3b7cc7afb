// Does the failure of a command say what happened and what to do?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { commandFailure } from '../../../stacks/cli/commands.ts';

const build = { program: 'docker', args: ['build', '--tag', 'x', '.'], why: 'build x' };
const cases: readonly (readonly [number, string, string, string])[] = [
  [
    1,
    'Step 3\nwrite /x: no space left on device',
    'the disk is full (docker build --tag: exit 1)',
    'free some space: docker system prune',
  ],
  [
    1,
    'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    'this user may not use Docker (docker build --tag: exit 1)',
    'run it as root, or as a user of the group docker; or without Docker: make up-workers EMBEDDED=1',
  ],
  [
    1,
    "docker: 'compose' is not a docker command.",
    'Docker has no Compose plugin (docker build --tag: exit 1)',
    'install it (Debian: docker-compose-plugin), or without Docker: make up-workers EMBEDDED=1',
  ],
  [
    125,
    'unknown flag: --short\nSee docker --help',
    'Docker has no Compose plugin (docker build --tag: exit 125)',
    'install it (Debian: docker-compose-plugin), or without Docker: make up-workers EMBEDDED=1',
  ],
  [
    1,
    'ERROR: BuildKit is enabled but the buildx component is missing or broken.',
    'Docker has no builder (docker build --tag: exit 1)',
    'install docker-buildx-plugin, or without Docker: make up-workers EMBEDDED=1',
  ],
  [
    1,
    'Bind for 127.0.0.1:8080 failed: port is already allocated',
    'the port is taken by another program (docker build --tag: exit 1)',
    'MUSTER_PORT=8081 make up-workers, or stop that program',
  ],
];

test('known failures have a sentence of their own, the last lines and a remedy', () => {
  for (const [exitCode, output, sentence, remedy] of cases) {
    const failure = commandFailure(build, { exitCode, stdout: '', output });
    deepStrictEqual([failure.exitCode, failure.message.split('\n')[0], failure.remedy], [3, sentence, remedy]);
  }
});

test('an unknown one shows the last five lines and says where to look', () => {
  const failure = commandFailure(build, { exitCode: 2, stdout: '', output: '1\n2\n3\n4\n5\n6\n' });
  deepStrictEqual(failure.message, 'to build x failed (docker build --tag: exit 2)\n  2\n  3\n  4\n  5\n  6');
  deepStrictEqual(
    [failure.exitCode, failure.remedy],
    [1, 'mend the Dockerfile or the base image that the lines above name, and try again'],
  );
});

test('a missing program is named', () => {
  deepStrictEqual(
    commandFailure(build, { exitCode: 127, stdout: '', output: '' }).message,
    'the program docker is missing',
  );
});
