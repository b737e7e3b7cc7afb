// Which services can machines of a rack run? Those that need no container.
import type { ClusterSpec, TargetName } from './types.ts';

export type RackService = {
  /** As the catalog names it. */
  readonly name: string;
  /** The key that makes it. */
  readonly path: readonly string[];
  /** One on each of several hosts; otherwise there is one of it, which the others know by its address. */
  readonly repeats: boolean;
};

/** What the catalog has and a rack has not. */
export const inContainersOnly: readonly string[] = ['grafana', 'visualizer', 'docker-reader', 'secrets'];

const onRack = (targets: readonly TargetName[] | undefined): boolean => targets?.includes('systemd') ?? true;

function workers({ defaults, workers: classes = {} }: ClusterSpec): readonly RackService[] {
  return Object.entries(classes)
    .filter(([, { targets }]) => onRack(targets ?? defaults?.worker?.targets))
    .map(([name]) => ({ name, path: ['workers', name], repeats: true }));
}

/** Those that a spec asks for, in no order; the certificates of ACME go with the proxy and are not named. */
export function rackServices(spec: ClusterSpec): readonly RackService[] {
  const services = spec.services ?? {};
  const found: RackService[] = [{ name: 'orchestrator', path: ['orchestrator'], repeats: false }, ...workers(spec)];
  for (const [key, written] of Object.entries(services)) {
    if (written === undefined || written === false || inContainersOnly.includes(key)) continue;
    const path = ['services', key];
    const block = (written === true ? {} : written) as { readonly workers?: object; readonly nodes?: object };
    if (key === 'dask') {
      found.push({ name: 'dask-scheduler', path, repeats: false });
      for (const [name, { targets }] of Object.entries(daskWorkers(block))) {
        if (onRack(targets)) found.push({ name: `dask-${name}`, path: [...path, 'workers', name], repeats: true });
      }
    } else {
      const nodes = Object.keys(block.nodes ?? {});
      if (nodes.length === 0) found.push({ name: key, path, repeats: false });
      for (const node of nodes) found.push({ name: `${key}-${node}`, path: [...path, 'nodes', node], repeats: false });
    }
  }
  return found;
}

function daskWorkers({ workers: written = { cpu: {} } }: { readonly workers?: object }) {
  return written as Readonly<Record<string, { readonly targets?: readonly TargetName[] }>>;
}
