// Which nodes does a swarm have, and how is one of them changed?
import type { SwarmNode } from '../plans/types.ts';
import type { DockerClient } from './docker.ts';
import { callEngine } from './engine-call.ts';

type Membership = {
  readonly state: 'inactive' | 'pending' | 'active' | 'error' | 'locked';
  readonly isManager: boolean;
  readonly nodeId: string;
  readonly version: string;
};

export async function membership(docker: DockerClient): Promise<Membership> {
  const { ServerVersion, Swarm } = await docker.info();
  return {
    state: Swarm.LocalNodeState,
    isManager: Swarm.ControlAvailable,
    nodeId: Swarm.NodeID,
    version: ServerVersion,
  };
}

type RawNode = {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: {
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Role: SwarmNode['role'];
    readonly Availability: SwarmNode['availability'];
  };
  readonly Description: {
    readonly Hostname: string;
    readonly Resources: { readonly NanoCPUs?: number; readonly MemoryBytes?: number };
    readonly Engine: { readonly EngineVersion?: string };
  };
  readonly Status: { readonly State: string; readonly Addr?: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability?: string };
};

/** Sorted by name. */
export async function swarmNodes(docker: DockerClient): Promise<readonly SwarmNode[]> {
  const raw = await callEngine<readonly RawNode[]>(docker, { method: 'GET', path: '/nodes' });
  return raw
    .map(({ Description, ID, ManagerStatus, Spec: spec, Status, Version }) => ({
      id: ID,
      version: Version.Index,
      name: Description.Hostname,
      role: spec.Role,
      availability: spec.Availability,
      state: Status.State,
      leader: ManagerStatus?.Leader === true,
      reachable: ManagerStatus?.Reachability === 'reachable',
      address: Status.Addr ?? '',
      cpus: (Description.Resources.NanoCPUs ?? 0) / 1e9,
      memoryMiB: Math.floor((Description.Resources.MemoryBytes ?? 0) / 1024 / 1024),
      engine: Description.Engine.EngineVersion ?? '',
      labels: spec.Labels ?? {},
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Nothing is asked for where nothing changes: each update of a node may move tasks that reserve devices. */
export async function updateNode(
  docker: DockerClient,
  node: SwarmNode,
  change: Partial<Pick<SwarmNode, 'role' | 'availability' | 'labels'>>,
): Promise<boolean> {
  const { availability, labels, role } = { ...node, ...change };
  const same =
    JSON.stringify([role, availability, labels]) === JSON.stringify([node.role, node.availability, node.labels]);
  if (same) return false;
  const body = { Role: role, Availability: availability, Labels: labels };
  await callEngine(docker, {
    method: 'POST',
    path: `/nodes/${node.id}/update`,
    query: { version: node.version },
    body,
  });
  return true;
}

export async function removeNode(docker: DockerClient, id: string, force: boolean): Promise<void> {
  await callEngine(docker, { method: 'DELETE', path: `/nodes/${id}`, query: { force } });
}

/** The token that admits a node of this role. A secret. */
export async function joinToken(docker: DockerClient, role: SwarmNode['role']): Promise<string> {
  const { JoinTokens } = await callEngine<{ JoinTokens: { Manager: string; Worker: string } }>(docker, {
    method: 'GET',
    path: '/swarm',
  });
  return role === 'manager' ? JoinTokens.Manager : JoinTokens.Worker;
}
