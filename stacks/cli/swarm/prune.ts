// Which versions of secrets and configs does nothing need any more? Removed after a deploy that came through.
import { removeObject, swarmObjects } from '../../drivers/swarm-objects.ts';
import { stackLabel, swarmServices } from '../../drivers/swarm-services.ts';
import { type Cluster, clusterLabel } from '../../index.ts';
import type { Swarm } from './reach.ts';
import type { SecretVersion } from './secrets.ts';

/** Gives the names of what went. What a service of anybody uses the engine itself keeps. */
export async function prune(
  { docker }: Swarm,
  cluster: Cluster,
  stack: string,
  secrets: readonly SecretVersion[],
): Promise<readonly string[]> {
  const used = JSON.stringify((await swarmServices(docker, `${stackLabel}=${stack}`)).map(({ spec }) => spec));
  const current = new Set(secrets.map(({ name }) => name));
  const gone: string[] = [];
  for (const [kind, label] of [
    ['secrets', `${clusterLabel}=${cluster.name}`],
    ['configs', `${stackLabel}=${stack}`],
  ] as const) {
    for (const { id, name } of await swarmObjects(docker, kind, label)) {
      if (current.has(name) || used.includes(JSON.stringify(name))) continue;
      if (await removeObject(docker, kind, id)) gone.push(name);
    }
  }
  return gone;
}
