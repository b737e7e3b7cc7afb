// What does a fleet cost at best and at worst, and which budgets are refused?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { fleetOf } from '../../infra/fleet.ts';
import { priceTable } from '../../infra/price-table.ts';
import { costOf } from '../../infra/prices.ts';
import { parseSpec, resolve } from '../../stacks/index.ts';

function cost(keys: string, more = '') {
  const text = `name: lab
pools: { p: { provider: aws, region: us-east-1, worker: { gpus: 1, memory: 16GiB }, instances: { g5.xlarge: 1 }, disk: 73GiB, ${keys} } }
clouds: { aws: { orchestrator: { by: public, url: "https://muster.example.org" }, network: default } }`;
  const { spec } = parseSpec(text.replace('us-east-1', more || 'us-east-1'), 'cluster.yaml');
  const { fleet } = fleetOf(resolve(spec as NonNullable<typeof spec>), 'aws', priceTable);
  return costOf(fleet as NonNullable<typeof fleet>, priceTable);
}

const round = (amount: number): number => Math.round(amount * 1e4) / 1e4;
const range = ({ best, worst }: { readonly best: number; readonly worst: number }) => [round(best), round(worst)];

test('the least is the fewest machines as they are usually bought, the most is all of them on demand', () => {
  // A g5.xlarge: 1.006 on demand, 0.503 spot; 73 GiB of disk for 0.008 an hour.
  const { lines, total } = cost('min: 2, max: 10, spot: { onDemandBase: 1 }');
  deepStrictEqual(range(lines[0]?.hour ?? total.hour), [round(1.006 + 0.503 + 2 * 0.008), 10.14]);
  deepStrictEqual(total.hour, lines[0]?.hour);
  deepStrictEqual(range(total.month), [round(1.525 * 730), round(10.14 * 730)]);
});

test('nothing runs, nothing is paid; a budget of the month holds the worst', () => {
  deepStrictEqual(range(cost('min: 0, max: 4').lines[0]?.hour ?? { best: -1, worst: -1 }), [0, 4.056]);
  deepStrictEqual(cost('min: 0, max: 4, budget: { month: 300 }').total.month.worst, 300);
});

test('a budget that cannot hold the fewest machines is refused with what it would take', () => {
  deepStrictEqual(
    cost('min: 2, max: 4, budget: { day: 20, month: 700 }').findings.map(({ path, message, remedy }) => [
      path.join('/'),
      message,
      remedy,
    ]),
    [
      [
        'pools/p/budget/day',
        'expected room for min (2), which costs 24.53 USD a day, got 20.00 USD',
        'raise the budget to 25 or lower min',
      ],
      [
        'pools/p/budget/month',
        'expected room for min (2), which costs 746.06 USD a month, got 700.00 USD',
        'raise the budget to 747 or lower min',
      ],
    ],
  );
});

test('a region without prices is taken for the dearest one, and says so', () => {
  const { findings, lines } = cost('min: 1, max: 1, spot: false', 'me-south-1');
  deepStrictEqual(
    findings.map(({ severity, message }) => [severity, message]),
    [['warning', 'no prices are known for me-south-1; the dearest known region stands in']],
  );
  deepStrictEqual(round(lines[0]?.hour.best ?? 0), round(1.006 * 1.7 + 0.008));
});
