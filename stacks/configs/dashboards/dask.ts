// What do Dask's scheduler and workers do?
import { type Page, rate } from './page.ts';

export const daskPage: Page = {
  uid: 'muster-dask',
  title: 'Dask',
  description: 'What the scheduler and the workers of Dask do.',
  panels: [
    {
      kind: 'areas',
      title: 'Workers by state',
      description: 'Worker processes. paused ones have too little memory to start tasks.',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (dask_scheduler_workers)', legend: '{{state}}' }],
    },
    {
      kind: 'areas',
      title: 'Tasks by state',
      description: 'As the scheduler sees them. no-worker: they ask for a resource that no worker has.',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (dask_scheduler_tasks)', legend: '{{state}}' }],
    },
    {
      kind: 'lines',
      title: 'Tasks computed in a second',
      description: 'Their results reached the memory of a worker.',
      unit: 'ops',
      queries: [
        { expr: `sum(${rate('dask_scheduler_prefix_state_totals_total{state="memory"}')})`, legend: 'computed' },
      ],
    },
    {
      kind: 'areas',
      title: 'Work by function',
      description: 'Seconds of computing in each second: how many threads a function keeps busy.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (task_prefix_name) (${rate('dask_scheduler_tasks_compute_seconds_total')})`,
          legend: '{{task_prefix_name}}',
        },
      ],
    },
    {
      kind: 'areas',
      title: 'Memory of workers',
      description: 'By class. managed: results; unmanaged: the rest of the process; spilled: results on disk, slow.',
      unit: 'bytes',
      queries: [{ expr: 'sum by (class, type) (dask_worker_memory_bytes)', legend: '{{class}} {{type}}' }],
    },
    {
      kind: 'areas',
      title: 'Tasks on workers',
      description: 'By class and state, as the workers see them.',
      unit: 'short',
      queries: [{ expr: 'sum by (class, state) (dask_worker_tasks)', legend: '{{class}} {{state}}' }],
    },
    {
      kind: 'lines',
      title: 'Data sent between workers',
      description: 'By the class that sends. Much of it means that tasks run far from their data.',
      unit: 'Bps',
      queries: [{ expr: `sum by (class) (${rate('dask_worker_transfer_outgoing_bytes_total')})`, legend: '{{class}}' }],
    },
  ],
};
