// Which troubles of workers and their GPUs need somebody?
import type { Cluster } from '../cluster/types.ts';
import { type Alert, thresholds } from './alerts-rule.ts';

const { diskForSeconds, freeDiskBytes, gpuCelsius, gpuForSeconds, lossesWindowSeconds, offlineForSeconds } = thresholds;

const ofAll: readonly Alert[] = [
  {
    name: 'WorkerLost',
    expr: `sum by (cause) (increase(muster_attempts_ended_total{cause=~"worker_lost|agent_died"}[${lossesWindowSeconds}s])) > 0`,
    forSeconds: 0,
    severity: 'warning',
    summary: 'A worker was lost in the middle of a job.',
    description: '{{ $value | humanize }} attempts ended with {{ $labels.cause }}; their jobs are tried elsewhere.',
  },
  {
    name: 'WorkerFailing',
    expr: 'muster_worker_failures > 0',
    forSeconds: 0,
    severity: 'warning',
    summary: 'The agent of {{ $labels.worker }} keeps failing.',
    description: 'It ended badly {{ $value }} times in a row; why: muster workers show {{ $labels.worker }}',
  },
  {
    name: 'WorkerDiskLow',
    expr: `muster_worker_load_disk_free_bytes < ${freeDiskBytes}`,
    forSeconds: diskForSeconds,
    severity: 'warning',
    summary: 'The disk of {{ $labels.worker }} is nearly full.',
    description: '{{ $value | humanize1024 }}B are free where its jobs run.',
  },
  {
    name: 'GpuHot',
    expr: `muster_worker_load_gpu_temperature_celsius > ${gpuCelsius}`,
    forSeconds: gpuForSeconds,
    severity: 'warning',
    summary: 'GPU {{ $labels.gpu }} of {{ $labels.worker }} is hot.',
    description: 'It has {{ $value }} °C; most cards slow down soon above.',
  },
];

/** A class that shrank to what the spec asks for, or was never started here, is no trouble. */
export function workerAlerts({ workers }: Cluster): readonly Alert[] {
  const wanted = workers.filter(({ replicas }) => replicas > 0);
  if (wanted.length === 0) return ofAll;
  const short = wanted.map(
    ({ name, replicas }) => `sum by (class) (muster_workers{class="${name}",state!="offline"}) < ${replicas}`,
  );
  const gone: Alert = {
    name: 'WorkersGone',
    expr: `sum by (class) (muster_workers{state="offline"}) > 0 and on (class) (${short.join(' or ')})`,
    forSeconds: offlineForSeconds,
    severity: 'warning',
    summary: 'Workers of the class {{ $labels.class }} are gone.',
    description: '{{ $value }} are offline, and fewer are left than cluster.yaml asks for.',
  };
  return [...ofAll, gone];
}
