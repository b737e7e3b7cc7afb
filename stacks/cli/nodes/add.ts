// How does a machine join the swarm? By a command that is typed there, or at once through its engine.
import { findEngine } from '../../drivers/docker.ts';
import { callEngine } from '../../drivers/engine-call.ts';
import { joinToken, membership, swarmNodes } from '../../drivers/swarm-nodes.ts';
import { self, writeJson, writeLine } from '../output.ts';
import { type ReachOptions, reachSwarm, type Swarm } from '../swarm/reach.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

type Options = ReachOptions & { readonly manager?: true; readonly engine?: string; readonly json?: true };

/** Where managers listen for those that join. */
const joinPort = 2377;

export async function runAdd(io: Io, options: Options): Promise<number> {
  const swarm = await reachSwarm(io, options);
  const role = options.manager ? 'manager' : 'worker';
  const token = await joinToken(swarm.docker, role);
  const managers = (await managerAddresses(swarm)).map((address) => `${address}:${joinPort}`);
  if (options.engine === undefined) {
    const command = `docker swarm join --token ${token} ${managers[0]}`;
    if (options.json) writeJson(io, { command });
    else {
      writeLine(io, command);
      io.stderr.write(`muster: type this on the machine; whoever has the token can join as a ${role}\n`);
    }
    return exitCodes.done;
  }
  const joined = await join(options.engine, token, managers);
  if (options.json) writeJson(io, { joined });
  else writeLine(io, `${joined} joined as a ${role}\nnext:  ${self} deploy swarm    ${self} nodes list`);
  return exitCodes.done;
}

async function managerAddresses({ docker, nodeId }: Swarm): Promise<readonly string[]> {
  const managers = (await swarmNodes(docker)).filter(({ role, state }) => role === 'manager' && state === 'ready');
  return managers.sort((a, b) => Number(b.id === nodeId) - Number(a.id === nodeId)).map(({ address }) => address);
}

/** The token goes to the engine in a body: it stands in no list of processes. */
async function join(where: string, token: string, managers: readonly string[]): Promise<string> {
  const engine = await findEngine({ DOCKER_HOST: where });
  if (engine.state !== 'answers') {
    throw new Failure(exitCodes.environment, `no Docker engine answers at ${where}: ${engine.why}`, 'check --engine');
  }
  const { state } = await membership(engine.docker);
  if (state !== 'inactive') {
    throw new Failure(
      exitCodes.refused,
      `the machine at ${where} is in a swarm already (${state})`,
      `there: docker swarm leave`,
    );
  }
  const body = { ListenAddr: `0.0.0.0:${joinPort}`, RemoteAddrs: managers, JoinToken: token };
  await callEngine(engine.docker, { method: 'POST', path: '/swarm/join', body });
  return (await engine.docker.info()).Name;
}
