// What are secrets, configs, volumes and labels called on a swarm? Names that the stack file and `swarm prepare` share.
import { createHash } from 'node:crypto';
import type { Config, SecretFile } from '../catalog/types.ts';
import type { Cluster } from './types.ts';

/** Of secrets and configs; the engine refuses longer ones. */
const longestName = 64;

/** The files that one secret consists of, relative to the secrets folder. */
export function secretPaths({ kind, path }: SecretFile): readonly string[] {
  return kind === 'authority' || kind === 'certificate' ? [`${path}.crt`, `${path}.key`] : [path];
}

/** `classes/a/token` → `classes-a-token`: the key in the stack file. */
export function secretKey(path: string): string {
  return path.replaceAll('/', '-');
}

/** The whole name with its version; what is too long keeps its end and is told apart by a hash. */
export function secretName({ name }: Pick<Cluster, 'name'>, path: string, version: number): string {
  return shortened(`${name}_${secretKey(path)}_`, String(version));
}

/** The variable that chooses another version than the first for plain `docker stack deploy`. */
export function secretVariable(path: string): string {
  return `MUSTER_SECRET_${path.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** Its content decides its name: a change is a new config, and its readers start anew. */
export function configName({ name }: Pick<Cluster, 'name'>, { path, text }: Config): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return shortened(`${name}_${path.replaceAll('/', '-')}_`, hash);
}

/** The same under every name of the stack: prepared before the stack is there. */
export function volumeName({ name }: Pick<Cluster, 'name'>, volume: string): string {
  return `${name}_${volume}`;
}

/** On the node that holds the volume, once it may be written. */
export function volumeLabel({ name }: Pick<Cluster, 'name'>, volume: string): string {
  return `muster.volume.${name}.${volume}`;
}

/** On nodes whose containers see GPUs. */
export const gpuLabel = 'muster.gpu';

/** On services, secrets and networks of ours; its value is the cluster's name. */
export const clusterLabel = 'muster.cluster';

function shortened(start: string, end: string): string {
  if (start.length + end.length <= longestName) return start + end;
  const hash = createHash('sha256').update(start).digest('hex').slice(0, 8);
  return `${start.slice(0, longestName - end.length - hash.length - 2)}_${hash}_${end}`;
}
