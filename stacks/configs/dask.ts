// What do Dask's scheduler and workers read? A start script and a configuration each, and two Python files that they share.
import type { Config } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';
import { preloadText, retireText } from './dask-python.ts';
import { schedulerSettings, workerSettings } from './dask-settings.ts';
import { schedulerScript, workerScript } from './dask-start.ts';
import type { ConfigEntry } from './types.ts';

const file = (path: string, text: string): Config => ({ path: `dask/${path}`, text, mode: 0o644 });

export const dask: ConfigEntry = {
  summary: 'dask/: start scripts and configurations of the scheduler and of each class of workers',
  render: (cluster: Cluster, at) => {
    const { dask: decided } = cluster.stack;
    if (decided === null) return [];
    return [
      file('muster_preload.py', preloadText),
      file('muster_retire.py', retireText),
      file('scheduler.sh', schedulerScript(decided, at)),
      file('scheduler.yaml', schedulerSettings(cluster, decided, at)),
      ...decided.workers.flatMap((worker) => [
        file(`${worker.name}.sh`, workerScript(decided, worker, at)),
        file(`${worker.name}.yaml`, workerSettings(decided, worker, at)),
      ]),
    ];
  },
};
