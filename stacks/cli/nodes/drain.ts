// How does a node become free? It takes no new tasks, those that it has end, and others take their place elsewhere.
import { setTimeout as sleep } from 'node:timers/promises';
import { updateNode } from '../../drivers/swarm-nodes.ts';
import { swarmTasks } from '../../drivers/swarm-services.ts';
import { counted, self, writeJson, writeLine } from '../output.ts';
import { type ReachOptions, reachSwarm, type Swarm } from '../swarm/reach.ts';
import { formatDuration } from '../text.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { nodeNamed } from './named.ts';

type Options = ReachOptions & { readonly json?: true };

const everyMs = 250;

/** What still takes place there; a task that only waits for the node to be ready is none. */
const living = /^(?:assigned|accepted|preparing|ready|starting|running)$/;

async function tasksOn({ docker }: Swarm, nodeId: string): Promise<number> {
  const tasks = await swarmTasks(docker, { node: [nodeId] });
  return tasks.filter(({ state }) => living.test(state)).length;
}

export async function runDrain(io: Io, name: string, options: Options & { readonly timeout: string }): Promise<number> {
  const limitMs = Number(options.timeout) * 1000;
  if (!(limitMs > 0)) throw new Failure(exitCodes.badInput, `--timeout: expected seconds, got ${options.timeout}`);
  const swarm = await reachSwarm(io, options);
  const node = await nodeNamed(swarm.docker, name);
  const moved = await tasksOn(swarm, node.id);
  await updateNode(swarm.docker, node, { availability: 'drain' });
  const startedAt = performance.now();
  let tellAt = startedAt + 1000;
  for (let left = moved; left > 0; left = await tasksOn(swarm, node.id)) {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > limitMs) {
      const message = `${counted(left, 'task')} still on ${name} after ${formatDuration(elapsedMs / 1000)}`;
      throw new Failure(exitCodes.failed, message, `docker node ps ${name}; to undo: ${self} nodes activate ${name}`);
    }
    if (performance.now() > tellAt && options.json !== true) {
      tellAt = performance.now() + Math.max(1000, elapsedMs);
      writeLine(io, `  waiting   for ${counted(left, 'task')} to end  (${formatDuration(elapsedMs / 1000)})`);
    }
    await sleep(everyMs);
  }
  if (options.json) writeJson(io, { name, moved });
  else writeLine(io, `${name} is drained (${counted(moved, 'task')} moved)\nto undo: ${self} nodes activate ${name}`);
  return exitCodes.done;
}

export async function runActivate(io: Io, name: string, options: Options): Promise<number> {
  const { docker } = await reachSwarm(io, options);
  const changed = await updateNode(docker, await nodeNamed(docker, name), { availability: 'active' });
  if (options.json) writeJson(io, { name, changed });
  else if (!changed) writeLine(io, `${name} takes tasks already`);
  else writeLine(io, `${name} takes tasks again; those that moved stay where they are until something changes`);
  return exitCodes.done;
}
