// Do our Dockerfiles build on both engines with both builders and no network, into images that hold to ALL8 of the hardening rules?
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { bundle } from '../../stacks/drivers/bundle.ts';
import { cleanEnvironment, type Engine, engines, whyNoDocker } from '../support/lab.ts';
import { root } from '../support/sources.ts';

const label = `muster.test=${process.pid}`;

const node = 'node:24-bookworm-slim';
const other = 'python:3-slim-bookworm';
const images = [
  { daemon: 'orchestrator', target: null, base: node, launcher: '/opt/muster/bin/muster-orchestrator' },
  { daemon: 'agent', target: 'agent', base: node, launcher: '/opt/muster/bin/muster-agent' },
  { daemon: 'agent', target: 'with-node', base: other, launcher: '/opt/muster/bin/muster-agent' },
] as const;
const builders = [
  ['the classic builder', '0'],
  ['BuildKit', '1'],
] as const;
const mostBytesOverBase = 10_000_000;

type Inspected = {
  readonly Size: number;
  readonly Config: { readonly User: string; readonly Env: readonly string[]; readonly Healthcheck: { Test: string[] } };
};

let context = '';
before(async () => {
  context = mkdtempSync(join(tmpdir(), 'muster-images-'));
  await bundle(root, context);
});
after(() => rmSync(context, { recursive: true, force: true }));

for (const engine of engines) suite(`${engine} engine`, () => testOn(engine));

function testOn(engine: Engine): void {
  const why = whyNoDocker(engine);
  const options = why === null ? {} : { skip: why };
  const env = cleanEnvironment(engine);

  type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };
  const docker = (...args: string[]): Ran => spawnSync('docker', args, { env, encoding: 'utf8' });

  after(() => {
    if (why !== null) return;
    const left = docker('images', '-q', '--filter', `label=${label}`).stdout.trim().split('\n').filter(Boolean);
    if (left.length > 0) docker('rmi', '--force', ...new Set(left));
  });

  /** What a command in the image prints; without network, on a read-only root. */
  function insideAs(user: string, image: string, ...command: string[]): string {
    const walls = ['--rm', '--init', '--network', 'none', '--read-only', '--user', user];
    const [program = '', ...args] = command;
    const ran = docker('run', ...walls, '--volume', '/var/lib/muster', '--entrypoint', program, image, ...args);
    strictEqual(ran.status, 0, `${command.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  }

  /** The same, as a user that nobody knows. */
  const inside = (image: string, ...command: string[]): string => insideAs('54321:54321', image, ...command);

  const inspect = (image: string): Inspected => JSON.parse(docker('image', 'inspect', image).stdout)[0];
  const setuid = (image: string): string =>
    insideAs('0:0', image, 'find', '/', '-xdev', '-type', 'f', '-perm', '/6000');

  for (const { base, daemon, launcher, target } of images) {
    for (const [builder, buildkit] of builders) {
      test(`${daemon}${target === null ? '' : ` (${target})`} builds with ${builder} and is hardened`, options, (t) => {
        const tag = `muster-test-${process.pid}-${target ?? daemon}:${buildkit}`;
        const dockerfile = join(root, 'services', daemon, 'Dockerfile');
        const words = [
          'build',
          '--network',
          'none',
          '--no-cache',
          '--label',
          label,
          '--file',
          dockerfile,
          '--tag',
          tag,
        ];
        const chosen = target === null ? [] : ['--target', target];
        const built = spawnSync('docker', [...words, ...chosen, '--build-arg', `BASE=${base}`, context], {
          env: { ...env, DOCKER_BUILDKIT: buildkit },
          encoding: 'utf8',
        });
        strictEqual(built.status, 0, built.stderr);

        const image = inspect(tag);
        match(image.Config.User, /^[1-9]\d*:[1-9]\d*$/, 'a numeric USER, not root');
        deepStrictEqual(image.Config.Healthcheck.Test, ['CMD', launcher, 'health']);
        deepStrictEqual(
          image.Config.Env.filter((pair) => /TOKEN|SECRET|PASSWORD|KEY/i.test(pair.split('=')[0] ?? '')),
          inspect(base).Config.Env.filter((pair) => /TOKEN|SECRET|PASSWORD|KEY/i.test(pair.split('=')[0] ?? '')),
        );
        strictEqual(setuid(tag), setuid(base), 'setuid files beyond those of the base');
        strictEqual(inside(tag, 'sh', '-c', 'command -v cc gcc g++ c++ clang tcc make ld || true'), '');
        strictEqual(inside(tag, 'find', '/opt/muster', '-perm', '/022', '!', '-type', 'l'), '', 'writable by others');

        const over = image.Size - inspect(base).Size;
        t.diagnostic(`${(over / 1e6).toFixed(2)} MB over ${base}`);
        if (target !== 'with-node') ok(over <= mostBytesOverBase, `${over} bytes over ${base}`);

        match(inside(tag, launcher, '--version'), /^\d+\.\d+\.\d+\n$/);
        match(inside(tag, 'sh', '-c', 'touch /var/lib/muster/x && id -u'), /^54321\n$/);
      });
    }
  }

  test('the agent refuses to be the first process of a container, and says what to do', options, () => {
    const tag = `muster-test-${process.pid}-agent:1`;
    const alone = docker(
      'run',
      '--rm',
      '--network',
      'none',
      '-e',
      'SERVER_URL=http://10.255.255.1',
      tag,
      '--worker-token',
      'x',
    );
    strictEqual(alone.status, 3, alone.stderr + alone.stdout);
    match(alone.stderr + alone.stdout, /init/);
  });
}
