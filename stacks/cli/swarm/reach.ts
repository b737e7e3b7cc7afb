// Which swarm is meant, and is it in a state to be asked? A manager answers, or a Failure says what is wrong.
import type { DockerClient } from '../../drivers/docker.ts';
import { type Command, exitCodes, Failure, type Io } from '../types.ts';

export type ReachOptions = { readonly context?: string; readonly host?: string };

export type Swarm = {
  readonly docker: DockerClient;
  /** The engine's address, for people. */
  readonly where: string;
  readonly version: string;
  /** The node that answers. */
  readonly nodeId: string;
  /** With it the docker command talks to the same engine. */
  readonly env: Io['env'];
};

export function addReach(command: Command): Command {
  return command
    .option('--context <NAME>', 'the docker context of a manager')
    .option('--host <URL>', 'the address of the engine of a manager (default: DOCKER_HOST, or the current context)');
}

/** As the docker command reads them: `--host` wins over all, `--context` over DOCKER_HOST. */
export function environmentOf(io: Io, { context, host }: ReachOptions): Io['env'] {
  if (host !== undefined) return { ...io.env, DOCKER_HOST: host, DOCKER_CONTEXT: undefined };
  if (context !== undefined) return { ...io.env, DOCKER_HOST: undefined, DOCKER_CONTEXT: context };
  return io.env;
}

export async function reachSwarm(io: Io, options: ReachOptions): Promise<Swarm> {
  const [{ findEngine }, { membership }] = await Promise.all([
    import('../../drivers/docker.ts'),
    import('../../drivers/swarm-nodes.ts'),
  ]);
  const engine = await findEngine(environmentOf(io, options));
  if (engine.state !== 'answers') {
    const what = engine.state === 'forbidden' ? 'this user may not use Docker' : 'no Docker engine answers';
    const remedy = 'name a manager of the swarm: --context NAME, or --host ssh://you@node1';
    throw new Failure(exitCodes.environment, `${what} (${engine.where}: ${engine.why})`, remedy);
  }
  const { isManager, nodeId, state, version } = await membership(engine.docker);
  if (state === 'active' && isManager) {
    const env = { ...io.env, DOCKER_HOST: engine.where, DOCKER_CONTEXT: undefined };
    return { docker: engine.docker, where: engine.where, version, nodeId, env };
  }
  const found = state === 'active' ? 'a worker of a swarm' : state === 'locked' ? 'locked' : 'in no swarm';
  const remedies = {
    active: 'ask a manager: --context NAME, or --host ssh://you@node1',
    locked: 'docker swarm unlock',
    other: 'docker swarm init, then: muster nodes add',
  };
  throw new Failure(
    exitCodes.environment,
    `expected a manager of a swarm, got an engine that is ${found} (${engine.where})`,
    state === 'active' || state === 'locked' ? remedies[state] : remedies.other,
  );
}
