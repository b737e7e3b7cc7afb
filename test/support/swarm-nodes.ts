// What does a node of a swarm look like where a test needs only some of its facts?
import type { SwarmNode } from '../../stacks/plans/types.ts';

export function swarmNode(name: string, facts: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id: `id-${name}`,
    version: 1,
    name,
    role: 'worker',
    availability: 'active',
    state: 'ready',
    leader: false,
    reachable: false,
    address: '',
    cpus: 2,
    memoryMiB: 4096,
    engine: '29.0.0',
    labels: {},
    ...facts,
  };
}
