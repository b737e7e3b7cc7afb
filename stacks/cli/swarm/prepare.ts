// What does a swarm lack before the stack can be deployed, and how does it get it? Images, secrets, volumes.
import { swarmNodes } from '../../drivers/swarm-nodes.ts';
import {
  type Cluster,
  labelled,
  type OnSwarm,
  onSwarmOf,
  type PlacedVolume,
  placeVolumes,
  type SwarmNode,
} from '../../index.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { bringImages, planImages, type Shipment } from './images.ts';
import type { Swarm } from './reach.ts';
import {
  demandOwnSecrets,
  makeSecrets,
  missingSecrets,
  type SecretVersion,
  secretEnvironment,
  secretVersions,
  sendSecrets,
} from './secrets.ts';
import { chosenNodes, provideVolumes } from './volumes.ts';

/** Told each thing that is done, as a verb and what it was done to. */
export type Say = (verb: string, what: string) => void;

export type Lacking = {
  readonly onSwarm: OnSwarm;
  /** With the labels that they will have. */
  readonly nodes: readonly SwarmNode[];
  readonly shipments: readonly Shipment[];
  readonly secrets: readonly SecretVersion[];
  readonly volumes: readonly PlacedVolume[];
  /** What `docker stack deploy` must be told beside the file. */
  readonly variables: Readonly<Record<string, string>>;
};

/** Looks, and builds images; the swarm stays as it is. `chosen`: what --node says. */
export async function findLacking(
  io: Io,
  swarm: Swarm,
  cluster: Cluster,
  chosen: readonly string[],
  say: Say,
): Promise<Lacking> {
  const onSwarm = onSwarmOf(cluster);
  const { images, secrets: paths, volumes: wanted } = onSwarm.needs;
  await demandOwnSecrets(io, swarm, cluster, paths);
  const made = await makeSecrets(io, cluster);
  if (made.length > 0) say('made', `secrets ${made.join(' ')}`);
  for (const { path, what } of missingSecrets(io, cluster))
    say('missing', `${path}, ${what}: muster secrets set ${path}`);
  const nodes = await swarmNodes(swarm.docker);
  const secrets = await secretVersions(io, swarm, cluster, paths);
  const names = wanted.map(({ volume }) => volume);
  const volumes = placeVolumes(wanted, nodes, chosenNodes(chosen, nodes, names));
  const shipments = await planImages(io, swarm, cluster, images, nodes, say);
  return {
    onSwarm,
    nodes: labelled(nodes, volumes),
    shipments,
    secrets,
    volumes,
    variables: secretEnvironment(secrets),
  };
}

/** Images first: the task that makes volumes is of one of them. */
export async function provide(io: Io, swarm: Swarm, cluster: Cluster, lacking: Lacking, say: Say): Promise<void> {
  const { images } = lacking.onSwarm.needs;
  await bringImages(io, cluster, images, lacking.shipments, say);
  const secrets = await sendSecrets(io, swarm, cluster, lacking.secrets);
  if (secrets.length > 0) say('created', `secrets ${secrets.join(' ')}`);
  const ours = images.find(({ services }) => services.includes('orchestrator'));
  if (ours === undefined) throw new Failure(exitCodes.badInput, 'no class of workers is for the target swarm');
  await provideVolumes(swarm, cluster, ours.reference, lacking.volumes, say);
}
