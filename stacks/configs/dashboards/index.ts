// Which dashboards does a cluster get? Those whose figures it has.
import type { Cluster } from '../../cluster/types.ts';
import { clusterPage } from './cluster.ts';
import { daskPage } from './dask.ts';
import { modelsPage } from './models.ts';
import { queuePage } from './queue.ts';
import { dashboardOf } from './sdk.ts';
import { workersPage } from './workers.ts';

/** By the name of the file; the catalog mounts them. */
export function dashboards({ stack }: Cluster): Readonly<Record<string, object>> {
  const pages = {
    cluster: clusterPage,
    ...(stack.dask !== null && { dask: daskPage }),
    ...(stack.ollama !== null && { models: modelsPage }),
    queue: queuePage,
    workers: workersPage,
  };
  return Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, dashboardOf(page)]));
}
