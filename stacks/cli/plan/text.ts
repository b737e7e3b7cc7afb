// How does a bill read before it comes? One line for each pool, what stands there anyway, and the sum.
import type { Range } from '../../../infra/prices.ts';
import type { Group } from '../../../infra/types.ts';
import { formatProblem, formatTable } from '../output.ts';
import type { CloudPlan } from './cloud.ts';

const header = ['cloud', 'what', 'machines', 'min', 'max', 'USD an hour', 'USD a month', ''] as const;

/** A free thing is 0.00; from best to worst where those differ. */
function range({ best, worst }: Range): string {
  const [low, high] = [best.toFixed(2), worst.toFixed(2)];
  return low === high ? low : `${low} to ${high}`;
}

function machinesOf({ machines, spot }: Group): string {
  const [first, second, ...more] = machines.map(({ type }) => type);
  const names = [first, second].filter((type) => type !== undefined).join(', ');
  const rest = more.length === 0 ? names : `${names} and ${more.length} more`;
  return `${rest}${spot === null ? '' : ' (spot)'}`;
}

export function planText({ clouds, prices, problems }: CloudPlan): string {
  const rows = clouds.flatMap(({ cost, fleet }) => [
    ...cost.lines.map(({ name, hour, month }) => {
      const group = fleet.groups.find(({ pool }) => pool === name);
      const about = group === undefined ? ['', '', ''] : [machinesOf(group), String(group.min), String(group.max)];
      const isCapped = group?.budget.month != null && month.worst === group.budget.month;
      return [cost.cloud, name, ...about, range(hour), range(month), isCapped ? 'budget' : ''];
    }),
    [cost.cloud, 'total', '', '', '', range(cost.total.hour), range(cost.total.month), ''],
  ]);
  const notes = [
    `prices of ${prices.date}, list prices with a usual discount for spot; traffic, logs and taxes are not in them`,
    ...clouds.map(({ fleet }) => `${fleet.cloud}: ${fleet.region}, the orchestrator by ${fleet.reach.by}`),
  ];
  const refusals = problems.map(formatProblem);
  return [...(rows.length > 0 ? [formatTable(header, rows)] : []), '', ...notes, ...refusals].join('\n').trimStart();
}

export const planJson = ({ clouds, prices, problems, refused }: CloudPlan) => ({
  date: prices.date,
  refused,
  problems,
  clouds: clouds.map(({ cost, fleet }) => ({ ...cost, groups: fleet.groups })),
  prices,
});
