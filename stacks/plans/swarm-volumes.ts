// On which node does each volume lie? Where it lies already, else on a node that fits; labels say so to the services.
import type { Spec, SwarmNode } from './types.ts';

/** A volume as `SwarmNeeds` lists it. */
export type WantedVolume = {
  readonly volume: string;
  readonly name: string;
  readonly label: string;
  readonly nodes: number | 'all';
  readonly gpus: boolean;
};

export type PlacedVolume = WantedVolume & {
  /** Names of nodes that get it now; those that have it are not among them. */
  readonly fresh: readonly string[];
};

/** Managers hold what must last; what computes goes to workers, where GPUs are if there are any. */
function liking(node: SwarmNode, { gpus }: WantedVolume): number {
  if (!gpus) return node.role === 'manager' ? 0 : 1;
  return (node.labels['muster.gpu'] === 'true' ? 0 : 2) + (node.role === 'worker' ? 0 : 1);
}

/** `chosen`: what the user named, by volume; under the empty name for all others. */
export function placeVolumes(
  wanted: readonly WantedVolume[],
  nodes: readonly SwarmNode[],
  chosen: ReadonlyMap<string, string>,
): readonly PlacedVolume[] {
  return wanted.map((volume) => {
    const there = nodes.filter(({ labels }) => labels[volume.label] === 'true');
    const able = nodes.filter(
      (node) => node.availability === 'active' && node.state === 'ready' && !there.includes(node),
    );
    const named = chosen.get(volume.volume) ?? chosen.get('');
    const order = [...able].sort(
      (a, b) =>
        Number(b.name === named) - Number(a.name === named) ||
        liking(a, volume) - liking(b, volume) ||
        (a.name < b.name ? -1 : 1),
    );
    const missing = volume.nodes === 'all' ? able.length : Math.max(0, volume.nodes - there.length);
    return { ...volume, fresh: order.slice(0, missing).map(({ name }) => name) };
  });
}

/** The nodes as they will be once the volumes lie there. */
export function labelled(nodes: readonly SwarmNode[], placed: readonly PlacedVolume[]): readonly SwarmNode[] {
  return nodes.map((node) => {
    const labels = placed.filter(({ fresh }) => fresh.includes(node.name)).map(({ label }) => [label, 'true']);
    return labels.length === 0 ? node : { ...node, labels: { ...node.labels, ...Object.fromEntries(labels) } };
  });
}

/** Folders of the orchestrator's image that anybody may write; an empty volume takes owner and mode from them. */
const openFolder = '/srv/muster/volumes';

/** A task that ends at once on that node, and fails when it may not write to one of the volumes. */
export function volumeJob(name: string, image: string, nodeId: string, volumes: readonly string[]): Spec {
  const folders = volumes.map((_, index) => `${openFolder}/${index}`);
  return {
    Name: name,
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        Command: ['sh', '-c', 'for folder; do touch "$folder/.muster" && rm "$folder/.muster" || exit; done', 'sh'],
        Args: folders,
        User: '10001:10001',
        ReadOnly: true,
        CapabilityDrop: ['ALL'],
        Mounts: volumes.map((source, index) => ({ Type: 'volume', Source: source, Target: folders[index] })),
      },
      RestartPolicy: { Condition: 'none' },
      Placement: { Constraints: [`node.id == ${nodeId}`] },
    },
    Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } },
  };
}
