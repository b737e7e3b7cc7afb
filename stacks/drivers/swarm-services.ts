// Which services and tasks run on a swarm, and how is one of them changed?
import type { Spec, SwarmService, SwarmTask } from '../plans/types.ts';
import type { DockerClient } from './docker.ts';
import { callEngine } from './engine-call.ts';

/** A label of `docker stack deploy`; its value is the name of the stack. */
export const stackLabel = 'com.docker.stack.namespace';

type RawService = {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: Spec & { readonly Name: string };
  readonly UpdateStatus?: { readonly State?: string; readonly StartedAt?: string; readonly Message?: string };
};

/** Those of a stack, or those with a label; sorted by name. */
export async function swarmServices(docker: DockerClient, label: string): Promise<readonly SwarmService[]> {
  const query = { filters: JSON.stringify({ label: [label] }) };
  const raw = await callEngine<readonly RawService[]>(docker, { method: 'GET', path: '/services', query });
  return raw
    .map(({ ID, Spec: spec, UpdateStatus, Version }) => ({
      id: ID,
      version: Version.Index,
      name: spec.Name,
      spec,
      update:
        UpdateStatus?.State === undefined
          ? null
          : {
              state: UpdateStatus.State,
              startedAt: UpdateStatus.StartedAt ?? '',
              message: UpdateStatus.Message ?? '',
            },
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function updateService(docker: DockerClient, { id, version }: SwarmService, spec: Spec): Promise<void> {
  await callEngine(docker, { method: 'POST', path: `/services/${id}/update`, query: { version }, body: spec });
}

/** To what it was before its last update. */
export async function rollBackService(docker: DockerClient, { id, spec, version }: SwarmService): Promise<void> {
  const query = { version, rollback: 'previous' };
  await callEngine(docker, { method: 'POST', path: `/services/${id}/update`, query, body: spec });
}

export async function createService(docker: DockerClient, spec: Spec): Promise<string> {
  return (await callEngine<{ ID: string }>(docker, { method: 'POST', path: '/services/create', body: spec })).ID;
}

export async function removeService(docker: DockerClient, id: string): Promise<void> {
  await callEngine(docker, { method: 'DELETE', path: `/services/${id}` });
}

type RawTask = {
  readonly ID: string;
  readonly ServiceID: string;
  readonly NodeID?: string;
  readonly Slot?: number;
  readonly DesiredState: string;
  readonly Status: { readonly State: string; readonly Err?: string; readonly Timestamp: string };
  readonly Spec: Spec;
};

/** Newest first. */
export async function swarmTasks(
  docker: DockerClient,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<readonly SwarmTask[]> {
  const query = { filters: JSON.stringify(filters) };
  const raw = await callEngine<readonly RawTask[]>(docker, { method: 'GET', path: '/tasks', query });
  return raw
    .map(({ DesiredState, ID, NodeID, ServiceID, Slot, Spec: spec, Status }) => ({
      id: ID,
      serviceId: ServiceID,
      nodeId: NodeID ?? '',
      slot: Slot ?? 0,
      desired: DesiredState,
      state: Status.State,
      error: Status.Err ?? '',
      at: Status.Timestamp,
      spec,
    }))
    .sort((a, b) => (a.at > b.at ? -1 : 1));
}

/** The end of what a task printed, as text. */
export async function taskLog(docker: DockerClient, taskId: string, lines: number): Promise<string> {
  const query = { stdout: true, stderr: true, tail: lines };
  const raw = await callEngine<string | Buffer>(docker, { method: 'GET', path: `/tasks/${taskId}/logs`, query });
  return Buffer.isBuffer(raw) ? unframed(raw) : unframed(Buffer.from(raw, 'binary'));
}

/** Each chunk of a log has a head of eight bytes; the last four are its length. */
function unframed(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const end = at + 8 + raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}
