// Which machine types of Google Cloud can be workers? As its pages of machine families list them.
import { gpuMachine, plain } from './machine.ts';
import type { Machine } from './types.ts';

const l4 = (count: number) => ({ model: 'L4', count, memoryGiB: 24 });
const a100 = (count: number) => ({ model: 'A100', count, memoryGiB: 40 });
const t4 = { model: 'T4', count: 1, memoryGiB: 16 };

export const gcpMachines: readonly Machine[] = [
  plain('e2-small', 2, 2),
  plain('e2-medium', 2, 4),
  plain('e2-standard-2', 2, 8),
  plain('e2-standard-4', 4, 16),
  plain('e2-standard-8', 8, 32),
  plain('e2-standard-16', 16, 64),
  plain('n2-standard-2', 2, 8),
  plain('n2-standard-4', 4, 16),
  plain('n2-standard-8', 8, 32),
  plain('n2-standard-16', 16, 64),
  plain('n2-standard-32', 32, 128),
  plain('n2-highmem-2', 2, 16),
  plain('n2-highmem-4', 4, 32),
  plain('n2-highmem-8', 8, 64),
  gpuMachine('n1-standard-4+nvidia-tesla-t4', 4, 15, t4),
  gpuMachine('n1-standard-8+nvidia-tesla-t4', 8, 30, t4),
  gpuMachine('g2-standard-4', 4, 16, l4(1)),
  gpuMachine('g2-standard-8', 8, 32, l4(1)),
  gpuMachine('g2-standard-16', 16, 64, l4(1)),
  gpuMachine('g2-standard-24', 24, 96, l4(2)),
  gpuMachine('g2-standard-48', 48, 192, l4(4)),
  gpuMachine('g2-standard-96', 96, 384, l4(8)),
  gpuMachine('a2-highgpu-1g', 12, 85, a100(1)),
  gpuMachine('a2-highgpu-2g', 24, 170, a100(2)),
  gpuMachine('a2-highgpu-4g', 48, 340, a100(4)),
  gpuMachine('a2-highgpu-8g', 96, 680, a100(8)),
  gpuMachine('a2-ultragpu-1g', 12, 170, { model: 'A100', count: 1, memoryGiB: 80 }),
  gpuMachine('a3-highgpu-1g', 26, 234, { model: 'H100', count: 1, memoryGiB: 80 }),
  gpuMachine('a3-highgpu-8g', 208, 1872, { model: 'H100', count: 8, memoryGiB: 80 }),
];
