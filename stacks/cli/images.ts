// Are the images there, built from what lies in the clone? Builds those that are not.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../drivers/bundle.ts';
import { type DockerClient, findImage } from '../drivers/docker.ts';
import { runCommand } from '../drivers/shell.ts';
import { buildCommand, type Cluster, type ImageBuild, imageBuilds, inputsLabel, services } from '../index.ts';
import { commandFailure } from './commands.ts';
import { formatDuration } from './text.ts';
import type { Io } from './types.ts';

const baseNames = /^(?:ARG\s+\w+=|FROM\s+)([\w./:@-]+)/gm;

/** Builds every image of the cluster that is missing or stale; `onBuilt` hears of each. Throws Failure. */
export async function buildImages(
  io: Io,
  docker: DockerClient,
  cluster: Cluster,
  say: (verb: string, what: string) => void,
): Promise<void> {
  const paths = await bundle(io.root, join(io.root, 'build'));
  for (const build of imageBuilds(services(cluster))) {
    const inputs = await inputsOf(io, docker, build, paths[build.daemon]);
    if ((await findImage(docker, build.reference, inputsLabel))?.label === inputs) continue;
    const startedAt = performance.now();
    say('building', build.reference);
    await buildOne(io, build, inputs);
    say('built', `${build.reference}  ${formatDuration((performance.now() - startedAt) / 1000)}`);
  }
}

/** A hash over bundle, Dockerfile, and the ids of the images it starts from, as far as the engine has them. */
async function inputsOf({ root }: Io, docker: DockerClient, build: ImageBuild, bundlePath: string): Promise<string> {
  const dockerfile = readFileSync(join(root, build.dockerfile), 'utf8');
  const named = [...dockerfile.matchAll(baseNames)].map((match) => match[1] ?? '');
  const bases = [...new Set([...named, ...(build.base === null ? [] : [build.base])])].sort();
  const ids = await Promise.all(bases.map(async (base) => (await findImage(docker, base, ''))?.id ?? ''));
  return createHash('sha256')
    .update(JSON.stringify([dockerfile, readFileSync(bundlePath, 'utf8'), bases, ids, build.base]))
    .digest('hex');
}

async function buildOne(io: Io, build: ImageBuild, inputs: string): Promise<void> {
  if (!existsSync(join(io.root, build.dockerfile))) throw new Error(`${build.dockerfile} is missing`);
  const command = buildCommand(build, inputs);
  let outcome = await runCommand(command, { cwd: io.root, env: io.env });
  // A client without buildx still has the classic builder, when it is asked for by name.
  if (outcome.exitCode !== 0 && /buildx component is missing|requires? (the )?buildx/i.test(outcome.output)) {
    outcome = await runCommand(command, { cwd: io.root, env: { ...io.env, DOCKER_BUILDKIT: '0' } });
  }
  if (outcome.exitCode !== 0) throw commandFailure(command, outcome);
}
