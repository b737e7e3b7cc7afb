// Does every pool fit itself, its cloud and the workers beside it?
import { checkCloud } from './checks-clouds.ts';
import { reservedNames } from './checks-names.ts';
import { checkSchedules } from './checks-schedules.ts';
import { poolDefaults } from './defaults-pools.ts';
import { mistake, mistakenKey, warning } from './findings.ts';
import type { ClusterSpec, Finding, PoolSpec, SpotSpec } from './types.ts';
import { parseMemoryMiB, parseSeconds } from './units.ts';

type Named = { readonly path: readonly string[]; readonly pool: PoolSpec };

const cloudKeys = [
  ...['region', 'zones', 'gpuMemory', 'instances', 'hostImage', 'disk', 'spot', 'maxPrice', 'budget', 'warm'],
] as const;

/** What the cloud says before it takes a spot machine back (AWS 120 s, GCP 30 s), less the time to hear of it. */
const noticeSeconds = { aws: 110, gcp: 25 } as const;

/** What a disk must hold at least: the image with the drivers of GPUs is large. */
const imageGiB = { plain: 10, withDrivers: 100 } as const;

export const isCloud = (provider: PoolSpec['provider']): provider is 'aws' | 'gcp' =>
  provider === 'aws' || provider === 'gcp';

const longest = 40;

function names(spec: ClusterSpec, name: string, path: readonly string[]): readonly Finding[] {
  const found: Finding[] = [];
  const other = spec.workers?.[name] !== undefined ? 'a class of workers' : null;
  const service = reservedNames.includes(name) ? "one of Muster's services" : null;
  const taken = other ?? service;
  if (taken !== null) {
    found.push(mistakenKey(path, `expected a name of its own, got that of ${taken}`, 'rename the pool'));
  }
  if (name.length > longest) {
    const message = `expected at most ${longest} characters, got ${name.length}`;
    found.push(mistakenKey(path, message, 'shorten the name: clouds put more around it'));
  }
  return found;
}

function limits({ path, pool }: Named): readonly Finding[] {
  const { min = poolDefaults.min, max = poolDefaults.max, warm = poolDefaults.warm } = pool;
  const found: Finding[] = [];
  if (min > max) {
    found.push(mistake([...path, 'min'], `expected at most max (${max}), got ${min}`, `set max to ${min} or more`));
  }
  if (pool.max === 0) found.push(warning([...path, 'max'], 'expected room for a worker, got 0', 'remove the pool'));
  if (warm > max) found.push(mistake([...path, 'warm'], `expected at most max (${max}), got ${warm}`, 'lower warm'));
  if (pool.provider === 'static' && min > 0) {
    const message = `expected 0, since nobody brings workers of a static pool, got ${min}`;
    found.push(mistake([...path, 'min'], message, 'remove min; workers join by `muster workers invite`'));
  }
  for (const [key, least] of [
    ['idle', 60],
    ['bootDeadline', 120],
  ] as const) {
    const written = pool[key];
    if (written !== undefined && (parseSeconds(written) ?? 0) < least) {
      found.push(mistake([...path, key], `expected at least ${least}s, got "${written}"`, `write ${least}s or more`));
    }
  }
  return found;
}

function elsewhere({ path, pool }: Named): readonly Finding[] {
  const written = cloudKeys.filter((key) => pool[key] !== undefined && pool[key] !== false);
  return written.map((key) =>
    mistakenKey([...path, key], `expected a pool of a cloud here, got provider ${pool.provider}`, `remove ${key}`),
  );
}

/** Spot is on unless it is said to be off. */
export function spotOf({ spot = true }: PoolSpec): Required<SpotSpec> | null {
  if (spot === false) return null;
  return { ...poolDefaults.spot, ...(spot === true ? {} : spot) };
}

function inCloud({ path, pool }: Named, provider: 'aws' | 'gcp'): readonly Finding[] {
  const found: Finding[] = [];
  const { region, zones = [], worker = {}, warm = 0, budget = {} } = pool;
  if (region === undefined) {
    const example = provider === 'aws' ? 'eu-west-1' : 'europe-west1';
    found.push(mistake(path, 'expected a region, got none', `add region: ${example}, for example`));
  }
  if (region !== undefined && /\d$/.test(region) && (provider === 'aws') !== /-\d+$/.test(region)) {
    found.push(
      mistake([...path, 'region'], `expected a region of ${provider}, got ${region}`, 'write one of that cloud'),
    );
  }
  for (const [index, zone] of zones.entries()) {
    if (region !== undefined && !(zone.startsWith(region) && /^-?[a-z]$/.test(zone.slice(region.length)))) {
      const message = `expected a zone of ${region}, got ${zone}`;
      found.push(mistake([...path, 'zones', String(index)], message, 'write one of that region, or change the region'));
    }
  }
  if (worker.image !== undefined) {
    const message = 'expected no container image in a cloud, got one';
    found.push(mistakenKey([...path, 'worker', 'image'], message, 'name an image of the machine: hostImage'));
  }
  if (worker.gpus === 'auto') {
    found.push(mistake([...path, 'worker', 'gpus'], 'expected a number of GPUs, got auto', 'write how many it needs'));
  }
  const hasGpus = worker.gpus !== undefined && worker.gpus !== 'none' && worker.gpus !== 0;
  if (pool.gpuMemory !== undefined && !hasGpus) {
    const message = 'expected a worker with GPUs, got none';
    found.push(mistakenKey([...path, 'gpuMemory'], message, 'add worker: {gpus: 1}, or remove gpuMemory'));
  }
  if (pool.hostImage !== undefined && pool.hostImage.startsWith('ami-') !== (provider === 'aws')) {
    const message = `expected an image of ${provider}, got ${pool.hostImage}`;
    found.push(mistake([...path, 'hostImage'], message, 'write one of that cloud'));
  }
  const leastGiB = hasGpus && pool.hostImage === undefined ? imageGiB.withDrivers : imageGiB.plain;
  if (pool.disk !== undefined && (parseMemoryMiB(pool.disk) ?? 0) < leastGiB * 1024) {
    const message = `expected room for the image (${leastGiB}GiB), got "${pool.disk}"`;
    found.push(mistake([...path, 'disk'], message, `write ${leastGiB}GiB or more`));
  }
  if (budget.day !== undefined && budget.month !== undefined && budget.day > budget.month) {
    const message = `expected at most the budget of a month (${budget.month}), got ${budget.day}`;
    found.push(mistake([...path, 'budget', 'day'], message, 'lower day or raise month'));
  }
  const spot = spotOf(pool);
  if (warm > 0 && (provider !== 'aws' || spot !== null || Object.keys(pool.instances ?? {}).length !== 1)) {
    const message = 'expected aws with spot: false and one machine type in instances, got another pool';
    found.push(mistakenKey([...path, 'warm'], message, 'stopped machines cannot be spot or of several types'));
  }
  const drain = parseSeconds(worker.drainGrace ?? '30s') ?? 0;
  if (spot !== null && worker.drainGrace !== undefined && drain > noticeSeconds[provider]) {
    const message = `a spot machine has ${noticeSeconds[provider]}s before ${provider} takes it, drainGrace is "${worker.drainGrace}"`;
    found.push(warning([...path, 'worker', 'drainGrace'], message, 'a job that needs longer is run again elsewhere'));
  }
  return found;
}

export function checkPools(spec: ClusterSpec): readonly Finding[] {
  const pools = Object.entries(spec.pools ?? {});
  const found = pools.flatMap(([name, pool]) => {
    const named = { path: ['pools', name], pool };
    const { provider } = pool;
    return [
      ...names(spec, name, named.path),
      ...limits(named),
      ...checkSchedules(named.path, pool),
      ...(isCloud(provider) ? inCloud(named, provider) : elsewhere(named)),
    ];
  });
  const asked = new Set(pools.map(([, { provider }]) => provider));
  return [...found, ...(['aws', 'gcp'] as const).flatMap((cloud) => checkCloud(spec, cloud, asked.has(cloud)))];
}
