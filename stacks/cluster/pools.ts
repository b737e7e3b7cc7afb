// What was decided about the pools? Each is a class of workers of its name, and says who brings them.
import { isCloud, spotOf } from '../spec/checks-pools.ts';
import { poolDefaults } from '../spec/defaults-pools.ts';
import type { ClusterSpec, PoolScheduleSpec, PoolSpec } from '../spec/types.ts';
import { byText, memoryMiB, seconds, sorted } from './decide.ts';
import type { CloudPool, Pool, Schedule, Spot, TargetName } from './types.ts';
import { workerClass } from './worker-class.ts';

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

function spot(pool: PoolSpec): Spot | null {
  const written = spotOf(pool);
  if (written === null) return null;
  const fallback = seconds(written.fallbackAfter);
  return {
    sharePercent: written.share,
    onDemandBase: written.onDemandBase,
    fallbackSeconds: fallback === 0 ? null : fallback,
  };
}

function cloudPool(pool: PoolSpec): CloudPool | null {
  if (!isCloud(pool.provider)) return null;
  return {
    cloud: pool.provider,
    region: pool.region ?? '',
    zones: [...(pool.zones ?? [])].sort(byText),
    gpuMemoryMiB: pool.gpuMemory === undefined ? 0 : memoryMiB(pool.gpuMemory),
    instances: sorted(pool.instances ?? {}),
    hostImage: pool.hostImage ?? null,
    diskMiB: memoryMiB(pool.disk ?? poolDefaults.disk),
    spot: spot(pool),
    maxPrice: pool.maxPrice ?? null,
    budget: { day: pool.budget?.day ?? null, month: pool.budget?.month ?? null },
    warm: pool.warm ?? poolDefaults.warm,
  };
}

function schedule(
  { days, from, to, timeZone, min, max }: PoolScheduleSpec,
  limits: Pick<Pool, 'max' | 'min'>,
): Schedule {
  return {
    days: week.filter((day) => days === undefined || days.includes(day)),
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to),
    timeZone,
    min: min ?? limits.min,
    max: max ?? limits.max,
  };
}

const targetsOf: Readonly<Record<PoolSpec['provider'], readonly TargetName[]>> = {
  aws: [],
  compose: ['compose'],
  gcp: [],
  kubernetes: [],
  static: [],
  swarm: ['swarm'],
};

export function poolsOf(spec: ClusterSpec): readonly Pool[] {
  const poolOf = ([name, pool]: readonly [string, PoolSpec]): Pool => {
    const { min, max, idle, bootDeadline, provider, schedules = [], worker = {} } = { ...poolDefaults, ...pool };
    const most = Math.max(max, ...schedules.map((each) => each.max ?? 0));
    const placed = targetsOf[provider].length > 0;
    const own = { ...worker, replicas: placed ? min : 0, maxReplicas: Math.max(1, most) };
    return {
      name,
      provider,
      min,
      max,
      worker: { ...workerClass(name, spec.defaults?.worker ?? {}, own), targets: targetsOf[provider] },
      idleSeconds: seconds(idle),
      bootDeadlineSeconds: seconds(bootDeadline),
      schedules: schedules.map((each) => schedule(each, { min, max })),
      cloud: cloudPool(pool),
    };
  };
  return Object.entries(spec.pools ?? {})
    .map(poolOf)
    .sort((a, b) => byText(a.name, b.name));
}
