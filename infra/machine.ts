// How is a machine type written down in one line?
import type { Machine } from './types.ts';

export const plain = (type: string, cpus: number, memoryGiB: number): Machine => ({
  ...{ type, cpus, memoryMiB: memoryGiB * 1024 },
  ...{ gpu: null, architecture: 'x64' },
});

export const arm = (type: string, cpus: number, memoryGiB: number): Machine => ({
  ...plain(type, cpus, memoryGiB),
  architecture: 'arm64',
});

export function gpuMachine(
  type: string,
  cpus: number,
  memoryGiB: number,
  { model, count, memoryGiB: each }: { readonly model: string; readonly count: number; readonly memoryGiB: number },
): Machine {
  return { ...plain(type, cpus, memoryGiB), gpu: { model, count, memoryMiB: each * 1024 } };
}
