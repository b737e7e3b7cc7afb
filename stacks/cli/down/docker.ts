// How does the cluster stop on Docker? `docker compose down`, where anything of the project is there.
import { findEngine } from '../../drivers/docker.ts';
import { projectContainers } from '../../drivers/docker-containers.ts';
import { composeDown } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { strangerOf } from '../containers.ts';
import { projectOf } from '../place.ts';
import type { Io } from '../types.ts';

/** Removes the project's containers and networks and returns its services, sorted; volumes stay. */
export async function stopOnDocker(io: Io, home: string, say: (line: string) => void): Promise<readonly string[]> {
  const engine = await findEngine(io.env);
  if (engine.state !== 'answers') return [];
  const containers = await projectContainers(engine.docker, projectOf(io));
  // Another clone may have the same project name: what is not ours stays.
  if (containers.length === 0 || strangerOf(io.root, containers) !== null) return [];
  const timer = setTimeout(() => say('  waiting   for running jobs to end or to be handed back'), 1000);
  try {
    for (const command of composeDown()) await runOrFail(io, command, { ...io.env, MUSTER_HOME: home });
  } finally {
    clearTimeout(timer);
  }
  return [...new Set(containers.filter(({ running }) => running).map(({ service }) => service))];
}
