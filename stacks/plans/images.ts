// Which images does a cluster need, and how is each built? Services → ImageBuild[].
import type { Service } from '../catalog/types.ts';
import type { Command } from './types.ts';

/** Its value is a hash over what went in; an image that carries the same one is not built again. */
export const inputsLabel = 'muster.inputs';

export type ImageBuild = {
  readonly reference: string;
  readonly daemon: 'orchestrator' | 'agent';
  /** The image it starts from, as named; null for the default in the Dockerfile. */
  readonly base: string | null;
  /** Relative to the clone. */
  readonly dockerfile: string;
  /** Relative to the clone; all that the build sees of it. */
  readonly context: string;
};

/** Every image that the services name, once, sorted by reference; the orchestrator's is among them. */
export function imageBuilds(services: readonly Service[]): readonly ImageBuild[] {
  const builds = services.flatMap(({ image: { build, reference } }): readonly ImageBuild[] =>
    build === null
      ? []
      : [{ reference, ...build, dockerfile: `services/${build.daemon}/Dockerfile`, context: 'build' }],
  );
  return [...new Map(builds.map((build) => [build.reference, build])).values()].sort((a, b) =>
    a.reference < b.reference ? -1 : 1,
  );
}

/** One `docker build`. `inputs` is the hash that the image will carry. */
export function buildCommand({ base, context, daemon, dockerfile, reference }: ImageBuild, inputs: string): Command {
  const target = daemon === 'orchestrator' ? [] : ['--target', base === null ? 'agent' : 'with-node'];
  return {
    program: 'docker',
    args: [
      'build',
      // The classic builder keeps the container of a step that failed.
      '--force-rm',
      ...['--file', dockerfile, '--tag', reference, '--label', `${inputsLabel}=${inputs}`],
      ...target,
      ...(base === null ? [] : ['--build-arg', `BASE=${base}`]),
      context,
    ],
    why: `build ${reference}`,
  };
}
