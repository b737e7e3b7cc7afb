// Which node is meant? By name, or by the beginning of its id.
import type { DockerClient } from '../../drivers/docker.ts';
import { swarmNodes } from '../../drivers/swarm-nodes.ts';
import type { SwarmNode } from '../../index.ts';
import { exitCodes, Failure } from '../types.ts';

export async function nodeNamed(docker: DockerClient, name: string): Promise<SwarmNode> {
  const nodes = await swarmNodes(docker);
  const byName = nodes.filter((node) => node.name === name);
  const found = byName.length > 0 ? byName : nodes.filter(({ id }) => name.length >= 4 && id.startsWith(name));
  const [node] = found;
  if (node !== undefined && found.length === 1) return node;
  if (found.length > 1) {
    const ids = found.map(({ id }) => id.slice(0, 12)).join(' ');
    throw new Failure(
      exitCodes.badInput,
      `${found.length} nodes are named ${JSON.stringify(name)}`,
      `name its id: ${ids}`,
    );
  }
  const known = nodes.map((each) => each.name).join(' ');
  throw new Failure(exitCodes.badInput, `the swarm has no node ${JSON.stringify(name)}`, `choose from: ${known}`);
}
