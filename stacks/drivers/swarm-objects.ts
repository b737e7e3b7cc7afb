// Which secrets and configs has a swarm, and how does one come and go?
import type { SwarmObject } from '../plans/types.ts';
import type { DockerClient } from './docker.ts';
import { callEngine } from './engine-call.ts';

type RawObject = {
  readonly ID: string;
  readonly Spec: { readonly Name: string; readonly Labels?: Readonly<Record<string, string>> };
};

/** Secrets or configs with a label, sorted by name. */
export async function swarmObjects(
  docker: DockerClient,
  kind: 'secrets' | 'configs',
  label: string,
): Promise<readonly SwarmObject[]> {
  const query = { filters: JSON.stringify({ label: [label] }) };
  const raw = await callEngine<readonly RawObject[]>(docker, { method: 'GET', path: `/${kind}`, query });
  return raw
    .map(({ ID, Spec: spec }) => ({ id: ID, name: spec.Name, labels: spec.Labels ?? {} }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function createSecret(
  docker: DockerClient,
  name: string,
  value: Buffer,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const body = { Name: name, Labels: labels, Data: value.toString('base64') };
  await callEngine(docker, { method: 'POST', path: '/secrets/create', body });
}

/** False when a service still uses it. */
export async function removeObject(docker: DockerClient, kind: 'secrets' | 'configs', id: string): Promise<boolean> {
  try {
    await callEngine(docker, { method: 'DELETE', path: `/${kind}/${id}` });
    return true;
  } catch (error) {
    if (/in use/.test((error as Error).message)) return false;
    throw error;
  }
}
