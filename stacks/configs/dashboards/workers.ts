// How loaded are the workers and their GPUs?
import type { Page } from './page.ts';

const ofGpu = '{{worker}} GPU {{gpu}}';

export const workersPage: Page = {
  uid: 'muster-workers',
  title: 'Workers and GPUs',
  description: 'How loaded the workers and their GPUs are.',
  panels: [
    {
      kind: 'areas',
      title: 'Busy workers by class',
      description: 'Workers that run at least one job.',
      unit: 'short',
      queries: [{ expr: 'sum by (class) (muster_workers{state="busy"})', legend: '{{class}}' }],
    },
    {
      kind: 'lines',
      title: 'CPU',
      description: 'Busy share of all CPUs of the machine.',
      unit: 'percentunit',
      queries: [{ expr: 'max by (worker) (muster_worker_load_cpu_ratio)', legend: '{{worker}}' }],
    },
    {
      kind: 'lines',
      title: 'Memory',
      description: 'Share that is in use. Near 100 % jobs end with out_of_memory.',
      unit: 'percentunit',
      queries: [
        {
          expr: 'max by (worker) (muster_worker_load_memory_used_bytes / muster_worker_memory_bytes)',
          legend: '{{worker}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Free disk',
      description: 'Where jobs run; inputs and results lie there too.',
      unit: 'bytes',
      queries: [{ expr: 'min by (worker) (muster_worker_load_disk_free_bytes)', legend: '{{worker}}' }],
    },
    {
      kind: 'areas',
      title: 'GPUs by state',
      description: 'busy: leased to a job; free: for the next one; away: the worker takes no job now.',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (muster_gpus)', legend: '{{state}}' }],
    },
    {
      kind: 'lines',
      title: 'GPU load',
      description: 'Busy share. A leased GPU that idles waits for its data or its CPU.',
      unit: 'percentunit',
      queries: [{ expr: 'max by (worker, gpu) (muster_worker_load_gpu_ratio)', legend: ofGpu }],
    },
    {
      kind: 'lines',
      title: 'GPU memory',
      description: 'In use, whoever uses it.',
      unit: 'bytes',
      queries: [{ expr: 'max by (worker, gpu) (muster_worker_load_gpu_memory_used_bytes)', legend: ofGpu }],
    },
    {
      kind: 'lines',
      title: 'GPU temperature',
      description: 'Most cards slow down between 85 and 95 °C.',
      unit: 'celsius',
      queries: [{ expr: 'max by (worker, gpu) (muster_worker_load_gpu_temperature_celsius)', legend: ofGpu }],
    },
  ],
};
