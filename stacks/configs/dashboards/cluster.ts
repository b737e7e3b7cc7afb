// How is the cluster as a whole? The first page that one opens.
import { type Page, perMinute, quantiles, rate } from './page.ts';

const number = { kind: 'number', unit: 'short' } as const;

export const clusterPage: Page = {
  uid: 'muster-cluster',
  title: 'Cluster',
  description: 'Workers, jobs and the orchestrator at a glance.',
  panels: [
    {
      ...number,
      title: 'Busy workers',
      description: 'Workers that run at least one job.',
      queries: [{ expr: 'sum(muster_workers{state="busy"})', legend: 'busy' }],
    },
    {
      ...number,
      title: 'Running jobs',
      description: 'Jobs that run now.',
      queries: [{ expr: 'sum(muster_jobs{state="running"})', legend: 'running' }],
    },
    {
      ...number,
      title: 'Succeeded in the last hour',
      description: 'Jobs that ended well.',
      queries: [{ expr: 'sum(increase(muster_jobs_ended_total{state="succeeded"}[1h]))', legend: 'succeeded' }],
    },
    {
      ...number,
      title: 'Failed in the last hour',
      description: 'Jobs that ended badly after all their retries.',
      queries: [{ expr: 'sum(increase(muster_jobs_ended_total{state="failed"}[1h]))', legend: 'failed' }],
    },
    {
      kind: 'areas',
      title: 'Workers by state',
      description: 'All of them. Many offline ones are a trouble of the network or of their machines.',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (muster_workers)', legend: '{{state}}' }],
    },
    {
      kind: 'areas',
      title: 'Jobs that have not ended',
      description: 'Queued, offered to a worker, or running.',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (muster_jobs{state=~"queued|offered|running"})', legend: '{{state}}' }],
    },
    {
      kind: 'lines',
      title: 'Jobs ended in a minute',
      description: 'By their last state.',
      unit: 'cpm',
      queries: [{ expr: perMinute('state', 'muster_jobs_ended_total'), legend: '{{state}}' }],
    },
    {
      kind: 'lines',
      title: 'Time of a commit',
      description: 'Every answer waits for one. A slow disk shows here first.',
      unit: 's',
      queries: quantiles('muster_commit_seconds'),
    },
    {
      kind: 'lines',
      title: 'Rows committed in a second',
      description: 'What the orchestrator writes to its disk.',
      unit: 'ops',
      queries: [{ expr: rate('muster_commit_rows_sum'), legend: 'rows' }],
    },
    {
      kind: 'lines',
      title: 'Requests in a second',
      description: 'By the status of the answer. From 500 on, something is wrong here; below, with the caller.',
      unit: 'reqps',
      queries: [{ expr: `sum by (status) (${rate('muster_http_requests_total')})`, legend: '{{status}}' }],
    },
    {
      kind: 'lines',
      title: 'Memory of the orchestrator',
      description: 'It keeps the queue in memory, so that this grows with the number of jobs.',
      unit: 'bytes',
      queries: [{ expr: 'process_resident_memory_bytes{job="orchestrator"}', legend: 'resident' }],
    },
  ],
};
