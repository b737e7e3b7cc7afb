// Which machine types can be a worker of a pool? The written ones, or every one that holds it at a sensible price.
import type { CloudPool, Pool } from '../stacks/cluster/types-pools.ts';
import { mistake, mistakenKey, warning } from '../stacks/spec/findings.ts';
import type { Finding } from '../stacks/spec/types.ts';
import { machines } from './catalog.ts';
import { priceOf } from './prices.ts';
import type { Group, Machine, Price, PriceTable } from './types.ts';

/** More types find spot capacity more often; beyond this they only make the bill harder to foresee. */
const mostTypes = 8;
/** On demand, against the cheapest type that fits. */
const sensibleRatio = 2.5;

type Kept = { readonly machines: readonly Machine[]; readonly findings: readonly Finding[] };
type Fit = { readonly machines: Group['machines']; readonly findings: readonly Finding[] };

/** What a worker needs and the machine has not; empty: it fits. */
export function shortfalls(
  { worker, cloud }: Pool,
  { cpus, memoryMiB, gpu, architecture }: Machine,
): readonly string[] {
  const wanted = worker.gpus.kind === 'count' ? worker.gpus.count : 0;
  const each = cloud?.gpuMemoryMiB ?? 0;
  const found: string[] = [];
  if (architecture !== 'x64') found.push('its processor is arm64');
  if (cpus < worker.cpus) found.push(`${cpus} of ${worker.cpus} CPUs`);
  if (memoryMiB < worker.memoryMiB) found.push(`${memoryMiB / 1024} of ${worker.memoryMiB / 1024} GiB of memory`);
  if ((gpu?.count ?? 0) !== wanted) found.push(`${gpu?.count ?? 0} GPUs instead of ${wanted}`);
  if (gpu !== null && wanted > 0 && gpu.memoryMiB < each) {
    found.push(`GPUs of ${gpu.memoryMiB / 1024} instead of ${each / 1024} GiB`);
  }
  return found;
}

/** What a machine may cost at most, compared with the cap: spot counts only where nothing else is ever bought. */
function isTooDear({ spot, maxPrice }: CloudPool, price: Price): boolean {
  const onlySpot = spot?.sharePercent === 100 && spot.onDemandBase === 0 && spot.fallbackSeconds === null;
  return maxPrice !== null && (onlySpot ? price.spot : price.onDemand) > maxPrice;
}

/** The types that the spec names, as far as they are known and hold the worker. */
function named(pool: Pool, types: readonly string[], all: readonly Machine[]): Kept {
  const kept = types.map((type): Machine | Finding => {
    const path = ['pools', pool.name, 'instances', type];
    const machine = all.find((each) => each.type === type);
    if (machine === undefined) {
      const known = all.filter((each) => shortfalls(pool, each).length === 0).map((each) => each.type);
      const remedy = `write one that fits, as ${known.slice(0, 5).join(', ')}`;
      return mistakenKey(path, `expected a machine type that is known, got ${type}`, remedy);
    }
    const short = shortfalls(pool, machine);
    const message = `expected a machine that holds the worker, got ${type}: ${short.join(', ')}`;
    return short.length === 0 ? machine : mistakenKey(path, message, 'write another type, or ask less of the worker');
  });
  return {
    machines: kept.filter((each) => 'type' in each),
    findings: kept.filter((each) => 'severity' in each),
  };
}

type Priced = { readonly machine: Machine; readonly price: Price };

/** Cheapest on demand first; types without a price stay out, and are named. */
function priced(types: readonly Machine[], pool: Pool, { cloud, region }: CloudPool, prices: PriceTable) {
  const known: Priced[] = [];
  const findings: Finding[] = [];
  for (const machine of types) {
    const price = priceOf(prices, cloud, region, machine.type);
    if (price !== null) known.push({ machine, price });
    else {
      const remedy = 'add it to a table of your own: --prices FILE';
      findings.push(warning(['pools', pool.name], `no price is known for ${machine.type}`, remedy));
    }
  }
  known.sort((a, b) => a.price.onDemand - b.price.onDemand || (a.machine.type < b.machine.type ? -1 : 1));
  return { known, findings };
}

/** Machines for a pool, cheapest on demand first; without any there is a finding that says why. */
export function fitting(pool: Pool, cloud: CloudPool, prices: PriceTable): Fit {
  const all = machines[cloud.cloud];
  const asked = Object.keys(cloud.instances);
  const held = all.filter((each) => shortfalls(pool, each).length === 0);
  const kept = asked.length > 0 ? named(pool, asked, all) : { machines: held, findings: [] };
  const { known, findings } = priced(kept.machines, pool, cloud, prices);
  const found = [...kept.findings, ...findings];
  const [cheapest] = known;
  if (cheapest === undefined) {
    if (kept.findings.length > 0) return { machines: [], findings: found };
    const message = `expected a machine type of ${cloud.cloud} that holds the worker, found none`;
    const remedy = 'ask for less, or name machine types in instances';
    return { machines: [], findings: [...found, mistake(['pools', pool.name, 'worker'], message, remedy)] };
  }
  const affordable = known.filter(({ price }) => !isTooDear(cloud, price));
  if (affordable.length === 0) {
    const { onDemand, spot } = cheapest.price;
    const message = `expected room for ${cheapest.machine.type} at ${onDemand.toFixed(4)} USD an hour (spot ${spot.toFixed(4)}), got ${cloud.maxPrice}`;
    found.push(mistake(['pools', pool.name, 'maxPrice'], message, 'raise maxPrice, or ask less of the worker'));
  }
  const dearest = cheapest.price.onDemand * sensibleRatio;
  const chosen = affordable.filter(({ price }) => asked.length > 0 || price.onDemand <= dearest);
  return {
    machines: chosen.slice(0, asked.length > 0 ? undefined : mostTypes).map(({ machine }) => ({
      ...machine,
      weight: cloud.instances[machine.type] ?? 1,
    })),
    findings: found,
  };
}
