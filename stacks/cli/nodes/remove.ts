// How is a node forgotten? It must have left; a manager gives up its vote first, so that the quorum stays sound.
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineRefusal } from '../../drivers/engine-call.ts';
import { removeNode, swarmNodes, updateNode } from '../../drivers/swarm-nodes.ts';
import type { SwarmNode } from '../../index.ts';
import { writeJson, writeLine } from '../output.ts';
import { type ReachOptions, reachSwarm, type Swarm } from '../swarm/reach.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { nodeNamed } from './named.ts';

type Options = ReachOptions & { readonly force?: true; readonly json?: true };

/** The managers agree on a demotion within seconds. */
const demotionMs = 20_000;

export async function runRemove(io: Io, name: string, options: Options): Promise<number> {
  const swarm = await reachSwarm(io, options);
  const node = await nodeNamed(swarm.docker, name);
  if (node.role === 'manager') await demote(swarm, node, options.force === true);
  try {
    await removeNode(swarm.docker, node.id, options.force === true);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    const remedy = `on ${name}: docker swarm leave; then again. Or muster nodes remove ${name} --force`;
    throw new Failure(exitCodes.refused, `the swarm keeps ${name}: ${error.message}`, remedy, { cause: error });
  }
  if (options.json) writeJson(io, { removed: name });
  else writeLine(io, `removed ${name}`);
  return exitCodes.done;
}

async function demote({ docker }: Swarm, node: SwarmNode, force: boolean): Promise<void> {
  const others = (await swarmNodes(docker)).filter(({ id, role }) => role === 'manager' && id !== node.id);
  if (others.length === 0) {
    throw new Failure(
      exitCodes.refused,
      `${node.name} is the only manager`,
      'promote another one first: docker node promote NODE',
    );
  }
  if (node.state === 'ready' && !force) {
    throw new Failure(
      exitCodes.refused,
      `${node.name} is a manager that is up`,
      `muster nodes drain ${node.name}; on it: docker swarm leave --force; then again`,
    );
  }
  await updateNode(docker, node, { role: 'worker' });
  const deadline = performance.now() + demotionMs;
  while (performance.now() < deadline) {
    const now = (await swarmNodes(docker)).find(({ id }) => id === node.id);
    if (now === undefined || (now.role === 'worker' && !now.reachable)) return;
    await sleep(250);
  }
}
