// Which containers and volumes has a Compose project, and how are they? Reads only; changes go through commands.
import type { DockerClient } from './docker.ts';

export type Health = 'healthy' | 'starting' | 'unhealthy' | 'none';

export type ComposeContainer = {
  readonly id: string;
  readonly service: string;
  readonly running: boolean;
  readonly state: string;
  /** `none` where nothing checks it. */
  readonly health: Health;
  /** As it was named when the container was made; what that name means now may be another image. */
  readonly image: string;
  readonly imageId: string;
  /** Of what Compose made it from. */
  readonly configHash: string;
  readonly ports: readonly PublishedPort[];
  /** Where its Compose file lies: tells one clone from another one that chose the same project name. */
  readonly folder: string;
};

export type PublishedPort = { readonly address: string; readonly published: number; readonly container: number };

/** The containers of a Compose project, stopped ones included, sorted by service. */
export async function projectContainers(docker: DockerClient, project: string): Promise<readonly ComposeContainer[]> {
  const list = await docker.listContainers({
    all: true,
    filters: { label: [`com.docker.compose.project=${project}`] },
  });
  return list
    .map((container) => ({
      id: container.Id,
      service: container.Labels['com.docker.compose.service'] ?? '',
      running: container.State === 'running',
      state: container.State,
      health: healthOf(container.Status),
      image: container.Image,
      imageId: container.ImageID,
      configHash: container.Labels['com.docker.compose.config-hash'] ?? '',
      ports: publishedPorts(container.Ports),
      folder: container.Labels['com.docker.compose.project.working_dir'] ?? '',
    }))
    .sort((a, b) => a.service.localeCompare(b.service) || a.id.localeCompare(b.id));
}

/** `Up 3 minutes (health: starting)`: only inspecting each container would tell it in a field of its own. */
function healthOf(status: string): Health {
  const [, word] = /\((?:health: )?(healthy|starting|unhealthy)\)/.exec(status) ?? [];
  return (word as Health | undefined) ?? 'none';
}

/** Each once: an engine with IPv6 lists `0.0.0.0` and `::`. */
function publishedPorts(
  ports: Awaited<ReturnType<DockerClient['listContainers']>>[number]['Ports'],
): readonly PublishedPort[] {
  const all = ports.flatMap(({ IP, PrivatePort, PublicPort }) =>
    PublicPort === undefined || IP?.includes(':')
      ? []
      : [{ address: IP ?? '', published: PublicPort, container: PrivatePort }],
  );
  return all.sort((a, b) => a.published - b.published);
}

/** What the last check of a container's health printed; empty when nothing did. */
export async function lastHealthWords(docker: DockerClient, id: string): Promise<string> {
  const { State } = await docker.getContainer(id).inspect();
  return State.Health?.Log?.at(-1)?.Output?.trim() ?? '';
}

export type ContainerSetup = {
  /** What the engine was asked for: `nvidia.com/gpu=0`, `0`, `all`, `2 of any`, or a device file. */
  readonly gpus: readonly string[];
  /** False for a one-shot, which ends when its work is done. */
  readonly staysUp: boolean;
};

export async function containerSetup(docker: DockerClient, id: string): Promise<ContainerSetup> {
  const { HostConfig } = await docker.getContainer(id).inspect();
  const requests = (HostConfig.DeviceRequests ?? []) as readonly { Count?: number; DeviceIDs?: string[] | null }[];
  const files = (HostConfig.Devices ?? []) as readonly { PathOnHost: string }[];
  const asked = requests.flatMap(({ Count = 0, DeviceIDs }) =>
    DeviceIDs && DeviceIDs.length > 0 ? DeviceIDs : [Count < 0 ? 'all' : `${Count} of any`],
  );
  return {
    gpus: [...asked, ...files.map(({ PathOnHost }) => PathOnHost)],
    staysUp: HostConfig.RestartPolicy?.Name !== 'no',
  };
}

/** Names, sorted. */
export async function projectVolumes(docker: DockerClient, project: string): Promise<readonly string[]> {
  const { Volumes } = await docker.listVolumes({
    filters: JSON.stringify({ label: [`com.docker.compose.project=${project}`] }),
  });
  return (Volumes ?? []).map(({ Name }) => Name).sort();
}
