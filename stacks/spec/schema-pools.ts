// What does each key about a pool of workers mean?
import { z } from 'zod';
import { poolDefaults } from './defaults-pools.ts';
import { block, duration, explain, list, number, oneOf, size, switched, text, whole } from './fields.ts';
import { workerDefaultsShape } from './schema-worker.ts';
import { nameRule } from './words.ts';
import { clockRule, hostImageRule, instanceTypeRule, regionRule, timeZoneRule, zoneRule } from './words-clouds.ts';

const { targets: _, ...workerShape } = workerDefaultsShape;

const spot = block({
  share: whole(0, 100, 'a percentage')
    .meta({ description: 'Percent of the machines beyond the base that are spot.', default: poolDefaults.spot.share })
    .optional(),
  onDemandBase: whole(0, 1000, 'a number of machines')
    .meta({ description: 'So many machines are always on demand.', default: poolDefaults.spot.onDemandBase })
    .optional(),
  fallbackAfter: duration
    .meta({
      description: 'When no spot machine came for so long, one on demand is bought; 0s: never.',
      default: poolDefaults.spot.fallbackAfter,
    })
    .optional(),
});

const schedule = block({
  days: list(oneOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), 'days')
    .meta({ description: 'On which days it begins; without it: every day.' })
    .optional(),
  from: text(clockRule).meta({ description: 'When it begins, by the clock of the time zone.' }),
  to: text(clockRule).meta({ description: 'When it ends; before `from` means on the next day.' }),
  timeZone: text(timeZoneRule).meta({ description: 'Whose clock: a name of the IANA database.' }),
  min: whole(0, 1000, 'a number of workers').meta({ description: 'Replaces min meanwhile.' }).optional(),
  max: whole(0, 1000, 'a number of workers').meta({ description: 'Replaces max meanwhile.' }).optional(),
});

const budget = block({
  day: number(0.01, 1e7, 'an amount in USD')
    .meta({ description: 'USD in a day, by UTC; no machine is bought that would exceed it.' })
    .optional(),
  month: number(0.01, 1e8, 'an amount in USD')
    .meta({ description: 'USD in a calendar month, by UTC; the cloud raises an alarm too.' })
    .optional(),
});

const pool = block({
  provider: oneOf(['aws', 'compose', 'gcp', 'kubernetes', 'static', 'swarm']).meta({
    description: 'Who brings the workers: a cloud, a Docker engine, a swarm, or nobody (static: they join by invite).',
  }),
  min: whole(0, 1000, 'a number of workers')
    .meta({ description: 'So many are always there.', default: poolDefaults.min })
    .optional(),
  max: whole(0, 1000, 'a number of workers')
    .meta({ description: 'Never more than so many, whatever the queue asks.', default: poolDefaults.max })
    .optional(),
  worker: block(workerShape)
    .meta({ description: 'What one worker of the pool is; the pool is a class of workers of its own name.' })
    .optional(),
  idle: duration
    .meta({ description: 'A worker without a job for so long is given back.', default: poolDefaults.idle })
    .optional(),
  bootDeadline: duration
    .meta({ description: 'A machine that has not joined by then is replaced.', default: poolDefaults.bootDeadline })
    .optional(),
  schedules: list(schedule, 'schedules')
    .meta({ description: 'Other limits at certain hours: workers in the day, none at night.' })
    .optional(),
  region: text(regionRule).meta({ description: 'Clouds: where the machines are.' }).optional(),
  zones: list(text(zoneRule), 'zones').meta({ description: 'Clouds: which zones of it; without it: all.' }).optional(),
  gpuMemory: size.meta({ description: 'Clouds: memory of each GPU at least; picks among machine types.' }).optional(),
  instances: z
    .record(
      text(instanceTypeRule),
      whole(1, 999, 'a weight'),
      explain('a map of machine types to weights', 'write for example g6.xlarge: 1'),
    )
    .meta({ description: 'Clouds: machine types with their weights; without it: every one that fits the worker.' })
    .optional(),
  hostImage: text(hostImageRule)
    .meta({
      description:
        'Clouds: what the machines boot. Without it: Ubuntu 24.04 (aws), Debian 12 (gcp), with GPUs an image that has their drivers.',
    })
    .optional(),
  disk: size
    .meta({
      description: 'Clouds: the disk of a machine; 100GiB at least with GPUs, unless hostImage says what it boots.',
      default: poolDefaults.disk,
    })
    .optional(),
  spot: switched(spot)
    .meta({ description: 'Clouds: machines at the spot price, that the cloud may take back; false: on demand alone.' })
    .optional(),
  maxPrice: number(0.001, 1000, 'a price in USD')
    .meta({ description: 'Clouds: USD for an hour of one machine at most; dearer types are left out.' })
    .optional(),
  budget: budget.meta({ description: 'Clouds: what the pool may cost.' }).optional(),
  warm: whole(0, 100, 'a number of machines')
    .meta({
      description: 'aws: stopped machines that are ready to start; on demand, one type.',
      default: poolDefaults.warm,
    })
    .optional(),
});

export const poolsSchema = z.record(
  text(nameRule),
  pool,
  explain('a map of pool names', 'write each pool as "name: {provider: aws, region: eu-west-1}"'),
);
