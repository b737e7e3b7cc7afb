// Which prices hold? The table of this Muster, or one that the user brings.
import { resolve } from 'node:path';
import { z } from 'zod';
import { priceTable } from '../../../infra/price-table.ts';
import type { PriceTable } from '../../../infra/types.ts';
import { readText } from '../../drivers/text-file.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

const amount = z.number().min(0);
const cloud = z.strictObject({
  machines: z.record(z.string(), z.strictObject({ onDemand: amount, spot: amount })),
  factors: z.record(z.string(), z.number().positive()),
  diskGiBMonth: amount,
  snapshotGiBMonth: amount,
  secretMonth: amount,
  keyMonth: amount,
  natHour: amount,
  balancerHour: amount,
});
const table = z.strictObject({
  date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  clouds: z.strictObject({ aws: cloud, gcp: cloud }),
});

const limitBytes = 1_048_576;

/** Throws a Failure that names each key that is wrong. */
export async function pricesOf(io: Io, named: string | undefined): Promise<PriceTable> {
  if (named === undefined) return priceTable;
  const text = await readText(resolve(io.cwd, named), limitBytes).catch((cause: unknown) => {
    throw new Failure(exitCodes.badInput, `cannot read ${named}: ${(cause as Error).message}`, undefined, { cause });
  });
  const parsed = table.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `  ${path.join('/') || '(the whole)'}: ${message}`);
  const remedy = 'start from: muster plan cloud --json, key "prices"';
  throw new Failure(exitCodes.badInput, `${named} is no price table\n${wrong.join('\n')}`, remedy);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
