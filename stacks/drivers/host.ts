// What does this machine have? CPUs, memory and NVIDIA GPUs, read without starting a program.
import { readdir } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Host } from '../cluster/types.ts';

/** One folder per GPU, made by the kernel module; absent where there is no driver. */
const nvidiaFolder = '/proc/driver/nvidia/gpus';

export async function readHost(): Promise<Host> {
  const gpus = await readdir(nvidiaFolder).catch(() => []);
  return { cpus: availableParallelism(), memoryMiB: Math.floor(totalmem() / 2 ** 20), gpus: gpus.length };
}
