// What does each key of cluster.yaml mean, and what may it hold? The one place where the keys are documented.
import { z } from 'zod';
import { orchestratorDefaults, workerDefaults } from './defaults.ts';
import { block, duration, explain, number, size, switched, text, whole } from './fields.ts';
import { backupSchema } from './schema-backup.ts';
import { cloudsSchema } from './schema-clouds.ts';
import { poolsSchema } from './schema-pools.ts';
import { rackSchema } from './schema-rack.ts';
import { servicesSchema } from './schema-services.ts';
import { swarmSchema } from './schema-swarm.ts';
import { workerDefaultsShape } from './schema-worker.ts';
import type { ClusterSpec } from './types.ts';
import { nameRule } from './words.ts';

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
  pools: poolsSchema.meta({ description: 'Workers that come with the queue and leave with it.' }).optional(),
  clouds: cloudsSchema.meta({ description: 'The clouds that pools are in.' }).optional(),
  swarm: swarmSchema.meta({ description: 'How the cluster lies on a Docker swarm.' }).optional(),
  rack: rackSchema
    .meta({ description: 'The machines that run it as units of systemd, without containers.' })
    .optional(),
});

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile when types.ts and this file disagree. */
export const schemaMatchesTypes: Same<Writable<z.infer<typeof clusterSchema>>, Writable<ClusterSpec>> = true;
