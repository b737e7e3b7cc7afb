// Has every node the images that it may have to run? Built here, then pushed to the registry or shipped to each engine.
import { type DockerClient, findEngine, findImage } from '../../drivers/docker.ts';
import { shipImage } from '../../drivers/images.ts';
import { type Cluster, type ImageNeed, inputsLabel, type SwarmNode } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { buildImages } from '../images.ts';
import { counted } from '../output.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import type { Swarm } from './reach.ts';

type Say = (verb: string, what: string) => void;

/** An image that a node lacks, or has from other inputs under the same name. */
export type Shipment = {
  readonly need: ImageNeed;
  readonly node: string;
  readonly replaces: boolean;
  readonly from: DockerClient;
  readonly to: DockerClient;
};

/** Classes that are for other targets need no image here. */
function onlyFor(cluster: Cluster): Cluster {
  return { ...cluster, workers: cluster.workers.filter(({ targets }) => targets.includes('swarm')) };
}

/** Builds what is stale, and says what must go where; with a registry nothing, for nodes fetch from there. */
export async function planImages(
  io: Io,
  swarm: Swarm,
  cluster: Cluster,
  needs: readonly ImageNeed[],
  nodes: readonly SwarmNode[],
  say: Say,
): Promise<readonly Shipment[]> {
  const engine = await findEngine(io.env);
  const from = engine.state === 'answers' ? engine.docker : swarm.docker;
  await buildImages({ ...io, env: engine.state === 'answers' ? io.env : swarm.env }, from, onlyFor(cluster), say);
  if (cluster.swarm.registry !== null) return [];
  const shipments: Shipment[] = [];
  for (const node of nodes.filter(({ state }) => state === 'ready')) {
    const to = await engineOf(swarm, cluster, node, needs);
    for (const need of needs) {
      const replaces = await lacks(from, to, need);
      if (replaces !== null) shipments.push({ need, node: node.name, replaces, from, to });
    }
  }
  return shipments;
}

async function engineOf(
  swarm: Swarm,
  cluster: Cluster,
  node: SwarmNode,
  needs: readonly ImageNeed[],
): Promise<DockerClient> {
  const named = cluster.swarm.engines[node.name];
  if (named === undefined && node.id === swarm.nodeId) return swarm.docker;
  if (named === undefined) {
    throw new Failure(
      exitCodes.environment,
      `there is no way to bring ${counted(needs.filter(({ built }) => built !== null).length, 'image')} to ${node.name}`,
      `in cluster.yaml name a registry (swarm.registry), or its engine: swarm: { engines: { ${node.name}: "ssh://you@${node.name}" } }`,
    );
  }
  const engine = await findEngine({ DOCKER_HOST: named });
  if (engine.state === 'answers') return engine.docker;
  throw new Failure(
    exitCodes.environment,
    `the engine of ${node.name} does not answer (${named}: ${engine.why})`,
    `check swarm.engines.${node.name} in cluster.yaml`,
  );
}

/**
 * Whether it would replace another one; null where nothing must be brought. Of ours the inputs tell which one it is, of
 * others the name does, and a node pulls what nobody here has.
 */
async function lacks(from: DockerClient, to: DockerClient, { built, reference }: ImageNeed): Promise<boolean | null> {
  const [source, there] = await Promise.all([
    findImage(from, reference, inputsLabel),
    findImage(to, reference, inputsLabel),
  ]);
  if (source === null || (there !== null && (built === null || there.label === source.label))) return null;
  return there !== null;
}

/** Services whose image changes under the same name: only a forced update makes them take it. */
export function rebuiltServices(shipments: readonly Shipment[]): readonly string[] {
  return [...new Set(shipments.flatMap(({ need, replaces }) => (replaces ? need.services : [])))].sort();
}

/** Ships each, or pushes all of ours to the registry. */
export async function bringImages(
  io: Io,
  cluster: Cluster,
  needs: readonly ImageNeed[],
  shipments: readonly Shipment[],
  say: Say,
): Promise<void> {
  // Each node for itself: the slowest link then does not hold up the others.
  const byNode = Map.groupBy(shipments, ({ node }) => node);
  await Promise.all(
    [...byNode].map(async ([node, mine]) => {
      for (const { from, need, to } of mine) {
        await shipImage(from, to, need.reference);
        say('shipped', `${need.reference} to ${node}`);
      }
    }),
  );
  if (cluster.swarm.registry === null) return;
  for (const { built, reference } of needs) {
    if (built === null) continue;
    await runOrFail(io, { program: 'docker', args: ['tag', built, reference], why: `name ${reference}` });
    await runOrFail(io, { program: 'docker', args: ['push', reference], why: `push ${reference}` });
    say('pushed', reference);
  }
}
