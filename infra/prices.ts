// What does a fleet cost, at best and at worst? From a dated table; nothing here asks a cloud.
import type { CloudName } from '../stacks/cluster/types-pools.ts';
import type { Finding } from '../stacks/spec/types.ts';
import type { Fleet, Group, Price, PriceTable } from './types.ts';

/** An average month, as both clouds count it. */
export const hoursInMonth = 730;

/** What the control plane keeps its state on, copied each night and kept for so many. */
export const stateGiB = 20;
const copies = 7;

/** Regions that the table does not know are taken to be as dear as the dearest that it knows. */
export function factorOf(table: PriceTable, cloud: CloudName, region: string): number {
  const { factors } = table.clouds[cloud];
  return factors[region] ?? Math.max(...Object.values(factors));
}

/** USD for an hour in a region; null: the table does not know the type. */
export function priceOf(table: PriceTable, cloud: CloudName, region: string, type: string): Price | null {
  const price = table.clouds[cloud].machines[type];
  if (price === undefined) return null;
  const factor = factorOf(table, cloud, region);
  return { onDemand: price.onDemand * factor, spot: price.spot * factor };
}

/** USD. `best`: the fewest machines at the usual price; `worst`: the most, on demand, of the dearest type. */
export type Range = { readonly best: number; readonly worst: number };
export type CostLine = { readonly name: string; readonly hour: Range; readonly month: Range };
export type Cost = {
  readonly cloud: CloudName;
  readonly region: string;
  /** Of the table. */
  readonly date: string;
  /** Pools first, then what is there without any machine. */
  readonly lines: readonly CostLine[];
  readonly total: CostLine;
  readonly findings: readonly Finding[];
};

const line = (name: string, best: number, worst: number, mostInMonth = Number.POSITIVE_INFINITY): CostLine => ({
  name,
  hour: { best, worst },
  month: { best: best * hoursInMonth, worst: Math.min(worst * hoursInMonth, mostInMonth) },
});

type Machines = { readonly usual: number; readonly dearest: number };

/** USD for an hour of one machine with its disk. */
function machineHour(fleet: Fleet, group: Group, table: PriceTable, count: number): Machines {
  const disk = (table.clouds[fleet.cloud].diskGiBMonth * group.diskGiB) / hoursInMonth;
  const prices = group.machines.flatMap(({ type }) => priceOf(table, fleet.cloud, group.region, type) ?? []);
  const onDemand = prices.map((price) => price.onDemand);
  const spot = Math.min(...prices.map((price) => price.spot));
  const { spot: mix } = group;
  const base = mix === null ? count : Math.min(count, mix.onDemandBase);
  const share = count === 0 || mix === null ? 0 : ((count - base) * mix.sharePercent) / 100 / count;
  return { usual: Math.min(...onDemand) * (1 - share) + spot * share + disk, dearest: Math.max(...onDemand) + disk };
}

function poolLine(fleet: Fleet, group: Group, table: PriceTable): CostLine {
  const { min, max, warm, diskGiB, budget } = group;
  const stopped = (warm * diskGiB * table.clouds[fleet.cloud].diskGiBMonth) / hoursInMonth;
  const least = min === 0 ? 0 : min * machineHour(fleet, group, table, min).usual;
  const most = max === 0 ? 0 : max * machineHour(fleet, group, table, max).dearest;
  return line(group.pool, least + stopped, most + stopped, budget.month ?? undefined);
}

/** What is there even without a worker. */
function standing(fleet: Fleet, table: PriceTable): readonly CostLine[] {
  const { balancerHour, diskGiBMonth, keyMonth, natHour, secretMonth, snapshotGiBMonth } = table.clouds[fleet.cloud];
  const factor = factorOf(table, fleet.cloud, fleet.region);
  const secrets = fleet.groups.length + (fleet.controlPlane === null ? 0 : 1);
  const kept = (secrets * secretMonth + keyMonth) / hoursInMonth;
  const found: CostLine[] = [];
  // On AWS the machines of the default network have addresses of their own.
  const hasNat = fleet.network.kind === 'new' || (fleet.network.kind === 'default' && fleet.cloud === 'gcp');
  if (hasNat) found.push(line('network (NAT)', natHour * factor, natHour * factor));
  if (fleet.controlPlane !== null) {
    const machine = priceOf(table, fleet.cloud, fleet.region, fleet.controlPlane.type)?.onDemand ?? 0;
    const disks = (2 * stateGiB * diskGiBMonth) / hoursInMonth;
    const copy = (stateGiB * snapshotGiBMonth) / hoursInMonth;
    found.push(line(`control plane (${fleet.controlPlane.type})`, machine, machine));
    found.push(line('load balancer', balancerHour * factor, balancerHour * factor));
    found.push(line(`state volume and boot disk (${stateGiB} GiB each)`, disks, disks));
    // The first is whole, the others hold what changed: at worst everything.
    found.push(line(`snapshots (${copies})`, copy, copies * copy));
  }
  return [...found, line(`secrets (${secrets})`, kept, kept)];
}

const dollars = (amount: number): string => `${amount.toFixed(2)} USD`;

/** A budget that cannot hold even the fewest machines is refused before anything is bought. */
function budgets(fleet: Fleet, table: PriceTable): readonly Finding[] {
  return fleet.groups.flatMap((group) => {
    const hour = group.min === 0 ? 0 : group.min * machineHour(fleet, group, table, group.min).usual;
    const periods = [
      { key: 'day', hours: 24, budget: group.budget.day },
      { key: 'month', hours: hoursInMonth, budget: group.budget.month },
    ];
    return periods.flatMap(({ key, hours, budget }): readonly Finding[] => {
      if (budget === null || hour * hours <= budget) return [];
      const path = ['pools', group.pool, 'budget', key];
      const message = `expected room for min (${group.min}), which costs ${dollars(hour * hours)} a ${key}, got ${dollars(budget)}`;
      return [
        { severity: 'error', path, message, remedy: `raise the budget to ${Math.ceil(hour * hours)} or lower min` },
      ];
    });
  });
}

export function costOf(fleet: Fleet, table: PriceTable): Cost {
  const pools = fleet.groups.map((group) => poolLine(fleet, group, table));
  const lines = [...pools, ...standing(fleet, table)];
  const sum = (of: (one: CostLine) => number): number => lines.reduce((total, one) => total + of(one), 0);
  const total: CostLine = {
    name: 'total',
    hour: { best: sum(({ hour }) => hour.best), worst: sum(({ hour }) => hour.worst) },
    month: { best: sum(({ month }) => month.best), worst: sum(({ month }) => month.worst) },
  };
  const known = table.clouds[fleet.cloud].factors[fleet.region] !== undefined;
  const guess: readonly Finding[] = known
    ? []
    : [
        {
          severity: 'warning',
          path: ['pools', fleet.groups[0]?.pool ?? '', 'region'],
          message: `no prices are known for ${fleet.region}; the dearest known region stands in`,
          remedy: 'bring a table of your own: --prices FILE',
        },
      ];
  return {
    cloud: fleet.cloud,
    region: fleet.region,
    date: table.date,
    lines,
    total,
    findings: [...guess, ...budgets(fleet, table)],
  };
}
