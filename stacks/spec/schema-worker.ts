// What does each key about what one worker is mean?
import { workerDefaults } from './defaults.ts';
import { duration, gpus, image, list, number, oneOf, size, texts, whole } from './fields.ts';
import { environmentNameRule, environmentValueRule, labelKeyRule, labelValueRule } from './words.ts';

export const workerDefaultsShape = {
  cpus: number(0.1, 1024, 'a number of CPUs')
    .meta({ description: 'CPUs that the jobs of one worker may use together.', default: workerDefaults.cpus })
    .optional(),
  memory: size
    .meta({ description: 'Memory of one worker, the agent included.', default: workerDefaults.memory })
    .optional(),
  gpus: gpus
    .meta({
      description: 'GPUs of one worker: a count, "auto" for every GPU of the host, or "none".',
      default: workerDefaults.gpus,
    })
    .optional(),
  labels: texts(labelKeyRule, labelValueRule)
    .meta({ description: 'What a job can ask for with --label key=value. A worker adds to the labels of defaults.' })
    .optional(),
  image: image
    .meta({
      description:
        'A Debian- or Ubuntu-based image whose tools the jobs need; agent and Node are added to it. Without one, jobs run in a slim Debian.',
    })
    .optional(),
  environment: texts(environmentNameRule, environmentValueRule)
    .meta({ description: 'Environment variables of every job. Not for secrets: this text reaches generated files.' })
    .optional(),
  drainGrace: duration
    .meta({
      description: 'How long running jobs may finish when the worker is told to stop; then they are handed back.',
      default: workerDefaults.drainGrace,
    })
    .optional(),
  maxProcesses: whole(64, 1_000_000, 'a number of processes')
    .meta({ description: 'Processes and threads of one worker at once.', default: workerDefaults.maxProcesses })
    .optional(),
  maxRestartAttempts: whole(1, 1000, 'a number of ends')
    .meta({
      description:
        'An agent that ended badly so many times, with no minute of being well between, shows as failing. It is restarted for ever.',
      default: workerDefaults.maxRestartAttempts,
    })
    .optional(),
  targets: list(oneOf(['compose', 'swarm', 'systemd']), 'targets')
    .meta({
      description:
        'Where this class runs: compose (one machine, embedded too), swarm, systemd (a rack). Without it: everywhere.',
    })
    .optional(),
};
