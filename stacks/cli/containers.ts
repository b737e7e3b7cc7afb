// Which containers are this clone's? Those of its Compose project, unless another clone chose the same name.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerClient } from '../drivers/docker.ts';
import { type ComposeContainer, projectContainers } from '../drivers/docker-containers.ts';
import { projectOf } from './place.ts';
import { exitCodes, Failure, type Io } from './types.ts';

/** The folder of another clone whose project this is; null when it is ours, or its clone is gone. */
export function strangerOf(root: string, containers: readonly Pick<ComposeContainer, 'folder'>[]): string | null {
  const own = realOf(join(root, 'compose'));
  const other = containers.map(({ folder }) => realOf(folder)).find((folder) => folder !== null && folder !== own);
  return other ?? null;
}

/** The containers of this clone's project. Throws a Failure when they are another clone's. */
export async function ownContainers(io: Io, docker: DockerClient): Promise<readonly ComposeContainer[]> {
  const project = projectOf(io);
  const containers = await projectContainers(docker, project);
  const stranger = strangerOf(io.root, containers);
  if (stranger === null) return containers;
  throw new Failure(
    exitCodes.refused,
    `the Compose project "${project}" belongs to another clone, in ${stranger}`,
    `a name and a port of your own: COMPOSE_PROJECT_NAME=${project}-2 MUSTER_PORT=8081 make up-workers`,
  );
}

function realOf(folder: string): string | null {
  try {
    return realpathSync(folder);
  } catch {
    return null;
  }
}
