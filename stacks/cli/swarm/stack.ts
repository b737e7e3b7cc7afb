// How is the stack file handed to `docker stack deploy`: in earnest, or only to hear what it would do?
import { join } from 'node:path';
import { recordStack } from '../../drivers/stack-recorder.ts';
import type { Cluster, Command, File, StackRequests } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { homeOf } from '../place.ts';
import type { Io } from '../types.ts';
import { withDraft } from './files.ts';
import type { Swarm } from './reach.ts';

export const stackFile = 'compose/docker-stack.yml';

/** Services that cluster.yaml no longer names go; without a registry nobody is asked for digests. */
function stackDeploy({ swarm }: Cluster, stack: string): Command {
  const resolve = swarm.registry === null ? 'never' : 'always';
  const flags = ['--prune', '--with-registry-auth', '--resolve-image', resolve];
  const args = ['stack', 'deploy', ...flags, '--compose-file', stackFile, stack];
  return { program: 'docker', args, why: `deploy the stack ${stack}` };
}

type Variables = Readonly<Record<string, string>>;

/** Exactly what the docker command would ask for, while nothing changes. `secrets`: names that count as there. */
export async function rehearse(
  io: Io,
  swarm: Swarm,
  { cluster, files, stack }: { readonly cluster: Cluster; readonly files: readonly File[]; readonly stack: string },
  secrets: readonly string[],
  variables: Variables,
): Promise<StackRequests> {
  return withDraft(io, files, (folder) =>
    recordStack(swarm.docker, join(homeOf(io), 'run', `stack-${process.pid}.sock`), secrets, async (host) => {
      await runOrFail({ ...io, root: folder }, stackDeploy(cluster, stack), {
        ...swarm.env,
        ...variables,
        DOCKER_HOST: host,
      });
    }),
  );
}

export async function deployStack(
  io: Io,
  swarm: Swarm,
  cluster: Cluster,
  stack: string,
  variables: Variables,
): Promise<void> {
  await runOrFail(io, stackDeploy(cluster, stack), { ...swarm.env, ...variables });
}
