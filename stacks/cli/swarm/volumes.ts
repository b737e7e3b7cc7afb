// How do volumes come to the nodes? A task on each node makes those that are missing; then the node gets its labels.
import { setTimeout as sleep } from 'node:timers/promises';
import { swarmNodes, updateNode } from '../../drivers/swarm-nodes.ts';
import { createService, removeService, swarmTasks, taskLog } from '../../drivers/swarm-services.ts';
import { type Cluster, clusterLabel, type PlacedVolume, type SwarmNode, volumeJob } from '../../index.ts';
import { plain } from '../text.ts';
import { exitCodes, Failure } from '../types.ts';
import type { Swarm } from './reach.ts';

/** The time to start one container on a busy machine. */
const limitMs = 60_000;
const everyMs = 100;

/** `--node node2`, `--node prometheus=node3`: names of nodes by volume. */
export function chosenNodes(
  written: readonly string[],
  nodes: readonly SwarmNode[],
  volumes: readonly string[],
): ReadonlyMap<string, string> {
  const pairs = written.map((text): [string, string] => {
    const [, volume = '', name = ''] = /^(?:([^=]+)=)?(.+)$/.exec(text) ?? [];
    if (volume !== '' && !volumes.includes(volume)) {
      throw new Failure(
        exitCodes.badInput,
        `--node: there is no volume "${volume}"`,
        `choose from: ${volumes.join(' ')}`,
      );
    }
    if (!nodes.some((node) => node.name === name)) {
      const known = nodes.map((node) => node.name).join(' ');
      throw new Failure(exitCodes.badInput, `--node: the swarm has no node "${name}"`, `choose from: ${known}`);
    }
    return [volume, name];
  });
  return new Map(pairs);
}

/** Makes the volumes of each node and says so by its labels. Throws a Failure with the last words of the task. */
export async function provideVolumes(
  { docker }: Swarm,
  cluster: Cluster,
  image: string,
  placed: readonly PlacedVolume[],
  say: (verb: string, what: string) => void,
): Promise<void> {
  for (const name of new Set(placed.flatMap(({ fresh }) => fresh))) {
    const mine = placed.filter(({ fresh }) => fresh.includes(name));
    const node = (await swarmNodes(docker)).find((each) => each.name === name);
    if (node === undefined) throw new Failure(exitCodes.environment, `the node ${name} has left the swarm`);
    const job = `${cluster.name}-volumes-${node.id.slice(0, 8)}`;
    const spec = volumeJob(
      job,
      image,
      node.id,
      mine.map((volume) => volume.name),
    );
    const id = await createService(docker, { ...spec, Labels: { [clusterLabel]: cluster.name } });
    try {
      await jobDone(docker, id, name);
    } finally {
      await removeService(docker, id);
    }
    const labels = Object.fromEntries(mine.map(({ label }) => [label, 'true']));
    const now = (await swarmNodes(docker)).find((each) => each.id === node.id) ?? node;
    await updateNode(docker, now, { labels: { ...now.labels, ...labels } });
    say('placed', `${mine.map(({ volume }) => volume).join(' ')} on ${name}`);
  }
}

async function jobDone(docker: Swarm['docker'], serviceId: string, node: string): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const [task] = await swarmTasks(docker, { service: [serviceId] });
    if (task?.state === 'complete') return;
    const failed = task !== undefined && /^(?:failed|rejected)$/.test(task.state);
    if (failed || performance.now() > deadline) {
      const log = task === undefined ? '' : plain(await taskLog(docker, task.id, 5).catch(() => ''));
      const why = [task?.error, log.trim()].filter(Boolean).join('\n') || `nothing within ${limitMs / 1000} s`;
      throw new Failure(
        exitCodes.failed,
        `the volumes on ${node} cannot be written: ${why}`,
        'if a volume is from elsewhere, give it to user 10001 there, or remove it; then again',
      );
    }
    await sleep(everyMs);
  }
}
