// Which troubles of Dask need somebody?
import type { Cluster, Dask, TargetName } from '../cluster/types.ts';
import { type Alert, thresholds, wasUp } from './alerts-rule.ts';

const { daskForSeconds, downForSeconds, spilledBytes } = thresholds;
const scheduler = 'up{job="dask-scheduler"}';

/** Worker processes that are there in any case: a class may be for one target alone, or need a GPU that is not there. */
function fewestWorkers({ workers }: Dask): number {
  const on = (target: TargetName) =>
    workers.filter(({ gpus, targets }) => targets.includes(target) && gpus.kind !== 'count');
  const sums = (['compose', 'swarm'] as const).map((target) =>
    on(target).reduce((sum, { replicas, processes }) => sum + replicas * processes, 0),
  );
  return Math.min(...sums);
}

export function daskAlerts({ stack: { dask } }: Cluster): readonly Alert[] {
  if (dask === null) return [];
  const fewest = fewestWorkers(dask);
  return [
    {
      name: 'DaskSchedulerDown',
      expr: `${scheduler} == 0 and ${wasUp(scheduler)}`,
      forSeconds: downForSeconds,
      severity: 'critical',
      summary: 'The Dask scheduler does not answer.',
      description: 'No computation runs, and what was computed is lost when it starts anew.',
    },
    {
      name: 'DaskSchedulerBlind',
      expr: `${scheduler} == 1 unless on (instance) dask_scheduler_workers`,
      forSeconds: daskForSeconds,
      severity: 'warning',
      summary: 'The Dask scheduler answers without figures.',
      description: 'Its image lacks prometheus_client, so that no other alert about Dask can fire.',
    },
    {
      name: 'DaskWorkersMissing',
      expr: `sum(dask_scheduler_workers) < ${fewest}`,
      forSeconds: daskForSeconds,
      severity: 'warning',
      summary: 'Dask has fewer workers than cluster.yaml asks for.',
      description: `{{ $value }} of ${fewest} worker processes are there.`,
    },
    {
      name: 'DaskWorkersPaused',
      expr: 'sum(dask_scheduler_workers{state="paused"}) > 0',
      forSeconds: daskForSeconds,
      severity: 'warning',
      summary: 'Dask workers are paused, because their memory is nearly full.',
      description: '{{ $value }} worker processes start no task until memory is free again.',
    },
    {
      name: 'DaskMemorySpilled',
      expr: `sum by (class) (dask_worker_memory_bytes{type="spilled"}) > ${spilledBytes}`,
      forSeconds: daskForSeconds,
      severity: 'warning',
      summary: 'Dask workers of the class {{ $labels.class }} keep much of their data on disk.',
      description: '{{ $value | humanize1024 }}B do not fit into memory: computations are slow.',
    },
  ];
}
