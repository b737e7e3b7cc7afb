// What do metrics say of workers: how many in which state, whose GPUs are free, how loaded are they?
import { type Load, workerStates } from '../../../protocol/index.ts';
import { classOf, gpuUse, type Worker, workersByClass } from '../../../scheduling/index.ts';
import type { House } from '../door.ts';
import type { Instruments } from './instruments.ts';

const mebibyte = 1024 * 1024;

export const workerMetrics = (instruments: Instruments): { readonly show: (house: House) => void } => {
  const { gauge } = instruments;
  const workers = gauge('muster_workers', 'Workers by class and state; class - has those without one.', [
    'class',
    'state',
  ]);
  const failures = gauge(
    'muster_worker_failures',
    'Bad ends in a row of an agent that keeps failing; absent for others.',
    [...['class', 'worker']],
  );
  const gpus = gauge(
    'muster_gpus',
    'GPUs by worker. busy: leased to a job; free: for the next; away: their worker takes no job now.',
    ['class', 'worker', 'state'],
  );
  const gpuInfo = gauge('muster_gpu_info', 'Always 1: what a GPU is.', [
    ...['worker', 'gpu', 'vendor', 'name', 'arch', 'driver'],
  ]);
  const streams = gauge('muster_event_streams', 'Open event streams.');
  const loads = loadMetrics(instruments);

  const showGpus = (worker: Worker, use: ReturnType<typeof gpuUse>): void => {
    for (const [state, count] of Object.entries(use))
      gpus.set({ class: classOf(worker), worker: worker.name, state }, count);
    for (const { index, name, vendor, arch, driver } of worker.capacity?.gpus ?? []) {
      const known = { vendor: vendor ?? 'nvidia', name, arch: arch ?? '', driver: driver ?? '' };
      gpuInfo.set({ worker: worker.name, gpu: String(index), ...known }, 1);
    }
  };
  return {
    show: ({ conductor, classes, observed, streams: open }) => {
      const state = conductor.state();
      for (const each of [workers, failures, gpus, gpuInfo]) each.reset();
      loads.reset();
      const counts = workersByClass(state);
      for (const name of new Set([...classes.map((each) => each.name), ...counts.keys()]))
        for (const each of workerStates) workers.set({ class: name, state: each }, counts.get(name)?.get(each) ?? 0);
      for (const worker of state.workers.values()) {
        const failing = state.sessions.get(worker.id)?.failing;
        if (failing) failures.set({ class: classOf(worker), worker: worker.name }, failing.count);
        const load = observed.load(worker.id);
        if (load) loads.set(worker.name, load);
        if ((worker.capacity?.gpus.length ?? 0) > 0) showGpus(worker, gpuUse(state, worker));
      }
      streams.set({}, open.count());
    },
  };
};

const loadMetrics = ({ gauge: register }: Instruments) => {
  const gauge = (name: string, help: string, more: readonly string[] = []) =>
    register(`muster_worker_${name}`, help, ['worker', ...more]);
  const cpu = gauge('load_cpu_ratio', 'Busy share of all CPUs.');
  const memory = gauge('load_memory_used_bytes', 'Memory in use.');
  const total = gauge('memory_bytes', 'Memory in all.');
  const swap = gauge('load_swap_used_bytes', 'Swap in use.');
  const disk = gauge('load_disk_free_bytes', 'Free disk where jobs run.');
  const gpu = gauge('load_gpu_ratio', 'Busy share of a GPU.', ['gpu']);
  const gpuMemory = gauge('load_gpu_memory_used_bytes', 'Memory in use of a GPU.', ['gpu']);
  const gpuHeat = gauge('load_gpu_temperature_celsius', 'Temperature of a GPU.', ['gpu']);
  const all = [cpu, memory, total, swap, disk, gpu, gpuMemory, gpuHeat];
  return {
    reset: () => {
      for (const each of all) each.reset();
    },
    set: (worker: string, load: Load) => {
      cpu.set({ worker }, load.cpu);
      memory.set({ worker }, load.memoryUsedMiB * mebibyte);
      total.set({ worker }, load.memoryTotalMiB * mebibyte);
      swap.set({ worker }, load.swapUsedMiB * mebibyte);
      disk.set({ worker }, load.diskFreeMiB * mebibyte);
      for (const { index, utilization, memoryUsedMiB, temperatureCelsius } of load.gpus) {
        const named = { worker, gpu: String(index) };
        if (utilization !== null) gpu.set(named, utilization);
        if (memoryUsedMiB !== null) gpuMemory.set(named, memoryUsedMiB * mebibyte);
        if (temperatureCelsius !== null) gpuHeat.set(named, temperatureCelsius);
      }
    },
  };
};
