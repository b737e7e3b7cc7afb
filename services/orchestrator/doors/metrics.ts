// What can Prometheus read here? The only file that knows its client.
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { jobStates, type Load, workerStates } from '../../protocol/index.ts';
import type { App } from './server.ts';

/** What the gauges show, asked at each scrape. */
export type Facts = {
  readonly jobs: () => Readonly<Record<string, number>>;
  readonly workers: () => Readonly<Record<string, number>>;
  readonly loads: () => readonly { readonly worker: string; readonly load: Load }[];
  readonly streams: () => number;
};

export type Metrics = {
  readonly attemptEnded: (cause: string) => void;
  readonly batchCommitted: (rows: number, durationMs: number) => void;
  readonly requestAnswered: (route: string, method: string, status: number) => void;
  /** The text of a scrape. */
  readonly read: (facts: Facts) => Promise<string>;
};

const loadGauges = (register: Registry) => {
  const gauge = (name: string, help: string, more: readonly string[] = []) =>
    new Gauge({ name: `muster_worker_${name}`, help, labelNames: ['worker', ...more], registers: [register] });
  const cpu = gauge('load_cpu_ratio', 'Busy share of all CPUs.');
  const memory = gauge('load_memory_used_bytes', 'Memory in use.');
  const total = gauge('memory_bytes', 'Memory in all.');
  const swap = gauge('load_swap_used_bytes', 'Swap in use.');
  const disk = gauge('load_disk_free_bytes', 'Free disk where jobs run.');
  const gpu = gauge('load_gpu_ratio', 'Busy share of a GPU.', ['gpu']);
  const gpuMemory = gauge('load_gpu_memory_used_bytes', 'Memory in use of a GPU.', ['gpu']);
  const mebibyte = 1024 * 1024;
  return (loads: ReturnType<Facts['loads']>): void => {
    for (const each of [cpu, memory, total, swap, disk, gpu, gpuMemory]) each.reset();
    for (const { worker, load } of loads) {
      cpu.set({ worker }, load.cpu);
      memory.set({ worker }, load.memoryUsedMiB * mebibyte);
      total.set({ worker }, load.memoryTotalMiB * mebibyte);
      swap.set({ worker }, load.swapUsedMiB * mebibyte);
      disk.set({ worker }, load.diskFreeMiB * mebibyte);
      for (const { index, utilization, memoryUsedMiB } of load.gpus) {
        if (utilization !== null) gpu.set({ worker, gpu: String(index) }, utilization);
        if (memoryUsedMiB !== null) gpuMemory.set({ worker, gpu: String(index) }, memoryUsedMiB * mebibyte);
      }
    }
  };
};

export const createMetrics = (): Metrics => {
  const register = new Registry();
  const registers = [register];
  const jobs = new Gauge({ name: 'muster_jobs', help: 'Jobs by state.', labelNames: ['state'], registers });
  const workers = new Gauge({ name: 'muster_workers', help: 'Workers by state.', labelNames: ['state'], registers });
  const streams = new Gauge({ name: 'muster_event_streams', help: 'Open event streams.', registers });
  const memory = new Gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory.', registers });
  const attempts = new Counter({
    name: 'muster_attempts_ended_total',
    help: 'Ended attempts by cause.',
    labelNames: ['cause'],
    registers,
  });
  const requests = new Counter({
    name: 'muster_http_requests_total',
    help: 'Answered requests.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const batchRows = new Histogram({
    name: 'muster_commit_rows',
    help: 'Rows in one commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'muster_commit_seconds',
    help: 'Time from the start of a commit until it is durable.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const setLoads = loadGauges(register);
  return {
    attemptEnded: (cause) => attempts.inc({ cause }),
    batchCommitted: (rows, durationMs) => {
      batchRows.observe(rows);
      batchSeconds.observe(durationMs / 1000);
    },
    requestAnswered: (route, method, status) => requests.inc({ route, method, status: String(status) }),
    read: async (facts) => {
      const byState = facts.jobs();
      for (const state of jobStates) jobs.set({ state }, byState[state] ?? 0);
      const workersByState = facts.workers();
      for (const state of workerStates) workers.set({ state }, workersByState[state] ?? 0);
      setLoads(facts.loads());
      streams.set(facts.streams());
      memory.set(process.memoryUsage.rss());
      return register.metrics();
    },
  };
};

export const metricsRoutes = (app: App, metrics: Metrics, facts: Facts): void => {
  app.addHook('onResponse', async (request, reply) => {
    metrics.requestAnswered(request.routeOptions.url ?? 'unknown', request.method, reply.statusCode);
  });
  app.get('/metrics', { config: { access: 'metrics' } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.read(facts)),
  );
};
