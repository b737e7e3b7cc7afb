// What will it cost, in one line?
import { priceTable } from './price-table.ts';
import { costOf, type Range } from './prices.ts';
import type { Fleet } from './types.ts';

const range = ({ best, worst }: Range): string => `from ${best.toFixed(2)} to ${worst.toFixed(2)} USD`;

export function billLine(fleet: Fleet): string {
  const { date, total } = costOf(fleet, priceTable);
  return `${range(total.hour)} an hour, ${range(total.month)} a month, prices of ${date}`;
}
