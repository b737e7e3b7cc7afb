// What does each key of a class of Dask workers mean?
import { z } from 'zod';
import { daskWorkerDefaults } from './defaults-services.ts';
import { block, duration, explain, gpus, list, number, oneOf, size, text, whole } from './fields.ts';
import { resourceNameRule } from './words.ts';

const { memoryFractions } = daskWorkerDefaults;

const fraction = (description: string, fallback: number) =>
  z
    .union(
      [z.number().min(0.05).max(1), z.literal(false)],
      explain('a share from 0.05 to 1, or false', 'write a number such as 0.7; false switches the step off'),
    )
    .meta({ description, default: fallback })
    .optional();

export const daskWorkerSchema = block({
  replicas: whole(0, 1000, 'a number of workers')
    .meta({ description: 'How many Dask workers of this class are started.', default: daskWorkerDefaults.replicas })
    .optional(),
  cpus: number(0.1, 1024, 'a number of CPUs')
    .meta({ description: 'CPUs of one worker. Without it: a fair share of what the host has.' })
    .optional(),
  memory: size
    .meta({ description: 'Memory of one worker, all its processes. Without it: a fair share of what the host has.' })
    .optional(),
  gpus: gpus.meta({ description: 'GPUs of one worker.', default: daskWorkerDefaults.gpus }).optional(),
  processes: whole(1, 256, 'a number of processes')
    .meta({ description: 'Processes of one worker (--nworkers). Without it: 1 for each 4 CPUs, with GPUs 1.' })
    .optional(),
  threads: whole(1, 256, 'a number of threads')
    .meta({ description: 'Threads of each process (--nthreads). Without it: the CPUs over the processes.' })
    .optional(),
  memoryLimit: size
    .meta({
      description:
        'Memory of each process (--memory-limit). Without it: 90 % of memory, less where that is small, over the processes.',
    })
    .optional(),
  memoryFractions: block({
    target: fraction('Share at which data begins to move to disk.', memoryFractions.target),
    spill: fraction('Share of resident memory at which data moves to disk.', memoryFractions.spill),
    pause: fraction('Share at which no new task starts.', memoryFractions.pause),
    terminate: fraction('Share at which the process is restarted.', memoryFractions.terminate),
  })
    .meta({ description: 'Shares of memoryLimit at which a Dask worker acts; each at least the one before.' })
    .optional(),
  deathTimeout: duration
    .meta({
      description: 'A worker that finds no scheduler for so long ends, and is started again.',
      default: daskWorkerDefaults.deathTimeout,
    })
    .optional(),
  drainGrace: duration
    .meta({
      description: 'How long a stopped worker may finish its tasks and hand its results to others.',
      default: daskWorkerDefaults.drainGrace,
    })
    .optional(),
  resources: z
    .record(
      text(resourceNameRule),
      number(0.001, 1_000_000, 'an amount'),
      explain('a map of resource names to amounts', 'write for example {GPU: 1}'),
    )
    .meta({ description: 'What tasks may ask for, for each process: GPU, ML … (--resources).' })
    .optional(),
  targets: list(oneOf(['compose', 'swarm', 'systemd']), 'targets')
    .meta({ description: 'Where this class runs: compose, swarm, systemd (a rack). Without it: everywhere.' })
    .optional(),
});
