// What does a fleet cost at best and at worst, and which budgets are refused?
import { deepStrictEqual, match } from 'node:assert';
import { test } from 'node:test';
import { billLine } from '../../infra/bill.ts';
import { fleetOf } from '../../infra/fleet.ts';
import { priceTable } from '../../infra/price-table.ts';
import { costOf } from '../../infra/prices.ts';
import { parseSpec, resolve } from '../../stacks/index.ts';

function cost(keys: string, more = '') {
  const text = `name: lab
pools: { p: { provider: aws, region: us-east-1, worker: { gpus: 1, memory: 16GiB }, instances: { g5.xlarge: 1 }, disk: 146GiB, ${keys} } }
clouds: { aws: { orchestrator: { by: public, url: "https://muster.example.org" }, network: default } }`;
  const { spec } = parseSpec(text.replace('us-east-1', more || 'us-east-1'), 'cluster.yaml');
  const { fleet } = fleetOf(resolve(spec as NonNullable<typeof spec>), 'aws', priceTable);
  return costOf(fleet as NonNullable<typeof fleet>, priceTable);
}

const round = (amount: number): number => Math.round(amount * 1e4) / 1e4;
const range = ({ best, worst }: { readonly best: number; readonly worst: number }) => [round(best), round(worst)];

test('the least is the fewest machines as they are usually bought, the most is all of them on demand', () => {
  // A g5.xlarge: 1.006 on demand, 0.503 spot; 146 GiB of disk for 0.016 an hour.
  const { lines, total } = cost('min: 2, max: 10, spot: { onDemandBase: 1 }');
  deepStrictEqual(range(lines[0]?.hour ?? total.hour), [round(1.006 + 0.503 + 2 * 0.016), 10.22]);
  // One secret for 0.40 a month, and the key for 1.
  deepStrictEqual(range(total.month), [round(1.541 * 730 + 1.4), round(10.22 * 730 + 1.4)]);
});

test('nothing runs, nothing is paid; a budget of the month holds the worst', () => {
  deepStrictEqual(range(cost('min: 0, max: 4').lines[0]?.hour ?? { best: -1, worst: -1 }), [0, 4.088]);
  deepStrictEqual(cost('min: 0, max: 4, budget: { month: 300 }').lines[0]?.month.worst, 300);
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
        'expected room for min (2), which costs 24.91 USD a day, got 20.00 USD',
        'raise the budget to 25 or lower min',
      ],
      [
        'pools/p/budget/month',
        'expected room for min (2), which costs 757.74 USD a month, got 700.00 USD',
        'raise the budget to 758 or lower min',
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
  deepStrictEqual(round(lines[0]?.hour.best ?? 0), round(1.006 * 1.7 + 0.016));
});

test('what stands there without a worker is named with its price', () => {
  const text = `name: lab
pools: { p: { provider: aws, region: us-east-1 } }
clouds: { aws: { orchestrator: { by: control-plane } } }`;
  const { spec } = parseSpec(text, 'cluster.yaml');
  const { fleet } = fleetOf(resolve(spec as NonNullable<typeof spec>), 'aws', priceTable);
  if (fleet === null) throw new Error('the fleet is right');
  deepStrictEqual(
    costOf(fleet, priceTable).lines.map(({ name, month }) => [name, ...range(month)]),
    [
      ['p', 0, round(4 * (0.1008 * 730 + 8))],
      ['network (NAT)', 32.85, 32.85],
      ['control plane (t3.small)', 15.184, 15.184],
      ['load balancer', 16.425, 16.425],
      ['state volume and boot disk (20 GiB each)', 3.2, 3.2],
      ['snapshots (7)', 1, 7],
      ['secrets (2)', 1.8, 1.8],
    ],
  );
  match(billLine(fleet), /^from \d+\.\d\d to \d+\.\d\d USD an hour, from .* USD a month, prices of \d{4}-\d\d-\d\d$/);
});
