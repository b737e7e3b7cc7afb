// Does each trouble of a machine end in one sentence with a remedy, the right exit code, and nothing half-done?
import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Clone, type Form, type Said } from '../support/clone.ts';
import { hostProcesses } from '../support/host-processes.ts';
import { cleanEnvironment, whyNoDocker } from '../support/lab.ts';
import { asNobody, giveToNobody, whyNotNobody } from '../support/unprivileged.ts';

const noDocker = whyNoDocker();
const env = cleanEnvironment();
const unless = (why: string | null): { skip?: string } => (why === null ? {} : { skip: why });

async function cloneFor(t: TestContext, form: Form): Promise<Clone> {
  const clone = await Clone.make(form);
  t.after(() => clone.remove());
  return clone;
}

/** `muster: <sentence>` and `   → <remedy>`, no stack, and nothing of the cluster runs. */
function checkEnd(clone: Clone, said: Said, code: number, sentence: RegExp, remedy: RegExp): void {
  strictEqual(said.code, code, said.stderr);
  const lines = said.stderr.trimEnd().split('\n');
  match(lines.find((line) => line.startsWith('muster: ')) ?? said.stderr, sentence);
  match(lines.at(-1) ?? '', /^ {3}→ /);
  match(lines.at(-1) ?? '', remedy);
  strictEqual(/^\s+at .*:\d+:\d+/m.test(said.stderr), false, said.stderr);
  const left = hostProcesses().filter(({ environment }) => environment.includes(clone.home));
  deepStrictEqual(
    left.map(({ command }) => command),
    [],
  );
  if (clone.form === 'embedded') return;
  const filter = `label=com.docker.compose.project=${clone.project}`;
  strictEqual(execFileSync('docker', ['ps', '-aq', '--filter', filter], { env, encoding: 'utf8' }), '');
}

function listen(server: Server, where: number | string): Promise<void> {
  return new Promise((resolve) => {
    if (typeof where === 'number') server.listen(where, '127.0.0.1', resolve);
    else server.listen(where, resolve);
  });
}

for (const form of ['embedded', 'docker'] as const) {
  test(
    `a port in use is named with the program that has it (${form})`,
    unless(form === 'docker' ? noDocker : null),
    async (t) => {
      const clone = await cloneFor(t, form);
      const server = createServer();
      await listen(server, clone.port);
      t.after(() => server.close());
      const said = await clone.muster('up-workers');
      checkEnd(
        clone,
        said,
        3,
        new RegExp(`port ${clone.port} is taken by ".+" \\(pid ${process.pid}\\)`),
        /MUSTER_PORT=\d+ make up-workers/,
      );
    },
  );
}

test('an engine that this user may not use is said to be so', unless(whyNotNobody()), async (t) => {
  const clone = await cloneFor(t, 'embedded');
  const socket = join(clone.folder, 'engine.sock');
  const server = createServer();
  await listen(server, socket);
  t.after(() => server.close());
  giveToNobody(clone.folder);
  execFileSync('chown', ['0:0', socket]);
  chmodSync(socket, 0o000);
  const [program, args] = asNobody(join(clone.folder, 'bin/node'), 'stacks/cli/muster.js', 'up-workers');
  const said = await clone.run(program, args, { DOCKER_HOST: `unix://${socket}`, HOME: clone.folder });
  checkEnd(clone, said, 3, /this user may not use it/, /group docker.*EMBEDDED=1/);
});

const bare = { ...env, DOCKER_CONFIG: '/nonexistent' };
const composeElsewhere = spawnSync('docker', ['compose', 'version'], { env: bare }).status === 0;
const noneMissing = composeElsewhere ? 'Compose is installed for every user here' : null;
test('without the Compose plugin it says which package has it', unless(noDocker ?? noneMissing), async (t) => {
  const clone = await cloneFor(t, 'docker');
  mkdirSync(join(clone.folder, 'config'));
  clone.env.DOCKER_CONFIG = join(clone.folder, 'config');
  const said = await clone.muster('up-workers');
  clone.env.DOCKER_CONFIG = env.DOCKER_CONFIG;
  checkEnd(clone, said, 3, /Docker has no Compose plugin/, /docker-compose-plugin.*EMBEDDED=1/);
});

test('a build that fails shows its last lines and says what to do', unless(noDocker), async (t) => {
  const clone = await cloneFor(t, 'docker');
  appendFileSync(join(clone.folder, 'services/orchestrator/Dockerfile'), '\nRUN echo this cannot work >&2; exit 9\n');
  // The images of this machine carry the hash of the unbroken file, so the broken one is built.
  const said = await clone.muster('build-all');
  checkEnd(clone, said, 1, /to build muster-orchestrator:\S+ failed/, /Dockerfile/);
  match(said.stderr, /this cannot work|returned a non-zero code: 9/);
});

test('a client without buildx builds with the classic builder', unless(noDocker), async (t) => {
  const clone = await cloneFor(t, 'docker');
  appendFileSync(join(clone.folder, 'services/orchestrator/Dockerfile'), `\nLABEL muster.test=${clone.port}\n`);
  const real = execFileSync('sh', ['-c', 'command -v docker'], { env, encoding: 'utf8' }).trim();
  // As docker 28 without the plugin answers; the client of the lab is older and needs none.
  const script = `#!/bin/sh
if [ "$1" = build ] && [ "$DOCKER_BUILDKIT" != 0 ]; then
  echo 'ERROR: BuildKit is enabled but the buildx component is missing or broken.' >&2
  exit 1
fi
exec '${real}' "$@"
`;
  mkdirSync(join(clone.folder, 'bin'));
  writeFileSync(join(clone.folder, 'bin/docker'), script, { mode: 0o755 });
  clone.env.PATH = `${join(clone.folder, 'bin')}:${clone.env.PATH}`;
  const said = await clone.muster('build-all');
  strictEqual(said.code, 0, said.stderr);
  match(said.stdout, /built +muster-orchestrator/);
});

const noMount = process.getuid?.() !== 0 ? 'only root can mount a small disk' : null;
test('a disk without room is said to be full before anything starts', unless(noMount), async (t) => {
  const clone = await cloneFor(t, 'embedded');
  const disk = join(clone.folder, 'small disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', disk]);
  if (mounted.status !== 0) return t.skip('a small disk cannot be mounted');
  try {
    clone.env.MUSTER_HOME = disk;
    const said = await clone.muster('up-workers');
    checkEnd(clone, said, 3, /the disk of .*small disk is full: \d+ MiB left, 64 MiB needed/, /free some.*MUSTER_HOME/);
    strictEqual(existsSync(join(disk, 'secrets')), false);
  } finally {
    execFileSync('umount', ['--lazy', disk]);
  }
});
