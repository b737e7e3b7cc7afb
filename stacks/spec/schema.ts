// What does each key of cluster.yaml mean, and what may it hold? The one place where the keys are documented.
import { z } from 'zod';
import { orchestratorDefaults, workerDefaults } from './defaults.ts';
import {
  block,
  duration,
  explain,
  gpus,
  image,
  list,
  number,
  oneOf,
  size,
  switched,
  text,
  texts,
  whole,
} from './fields.ts';
import { backupSchema } from './schema-backup.ts';
import { rackSchema } from './schema-rack.ts';
import { servicesSchema } from './schema-services.ts';
import { swarmSchema } from './schema-swarm.ts';
import type { ClusterSpec } from './types.ts';
import { environmentNameRule, environmentValueRule, labelKeyRule, labelValueRule, nameRule } from './words.ts';

const workerDefaultsShape = {
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

const worker = block({
  ...workerDefaultsShape,
  replicas: whole(0, 1000, 'a number of workers')
    .meta({ description: 'How many workers of this class are started.', default: workerDefaults.replicas })
    .optional(),
  maxReplicas: whole(1, 1000, 'a number of workers')
    .meta({
      description: 'How many workers of this class its credential admits; `--scale` works up to here.',
      default: workerDefaults.maxReplicas,
    })
    .optional(),
});

const orchestrator = block({
  port: whole(1, 65535, 'a port')
    .meta({ description: 'Port of API and agents on 127.0.0.1.', default: orchestratorDefaults.port })
    .optional(),
  cpus: number(0.1, 64, 'a number of CPUs')
    .meta({ description: 'CPUs of the orchestrator.', default: orchestratorDefaults.cpus })
    .optional(),
  memory: size.meta({ description: 'Memory of the orchestrator.', default: orchestratorDefaults.memory }).optional(),
  heartbeat: duration
    .meta({
      description: 'How often a worker reports; at most a third of leaseTtl.',
      default: orchestratorDefaults.heartbeat,
    })
    .optional(),
  leaseTtl: duration
    .meta({
      description: 'A job whose worker stays silent for so long goes to another worker.',
      default: orchestratorDefaults.leaseTtl,
    })
    .optional(),
  backup: switched(backupSchema)
    .meta({
      description:
        'Backups of the state on a rack, into /var/lib/muster/backup. Without it they are made too; false: none.',
    })
    .optional(),
});

export const clusterSchema = block({
  name: text(nameRule).meta({ description: 'Name of the cluster: containers, networks and units carry it.' }),
  orchestrator: orchestrator
    .meta({ description: 'The daemon that keeps the queue and hands jobs to workers.' })
    .optional(),
  defaults: block({
    worker: block(workerDefaultsShape)
      .meta({ description: 'Holds for each worker that does not say otherwise.' })
      .optional(),
  })
    .meta({ description: 'Values that are written once instead of at each worker.' })
    .optional(),
  workers: z
    .record(text(nameRule), worker, explain('a map of worker names', 'write each worker as "name: {}"'))
    .meta({ description: 'Worker classes by name: machines or shares of machines that run jobs.' })
    .optional(),
  services: servicesSchema
    .meta({ description: 'The rest of the stack. A service that is not named, or false, is left out.' })
    .optional(),
  swarm: swarmSchema.meta({ description: 'How the cluster lies on a Docker swarm.' }).optional(),
  rack: rackSchema
    .meta({ description: 'The machines that run it as units of systemd, without containers.' })
    .optional(),
});

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile when types.ts and this file disagree. */
export const schemaMatchesTypes: Same<Writable<z.infer<typeof clusterSchema>>, Writable<ClusterSpec>> = true;
