// What would the clouds of cluster.yaml make, and what would that cost?
import { fleetOf } from '../../../infra/fleet.ts';
import { type Cost, costOf } from '../../../infra/prices.ts';
import type { Fleet, PriceTable } from '../../../infra/types.ts';
import type { Problem } from '../../spec/types.ts';
import { formatProblem } from '../output.ts';
import { readSpecFile } from '../spec-file.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { pricesOf } from './prices-file.ts';

export type CloudPlan = {
  readonly prices: PriceTable;
  readonly clouds: readonly { readonly fleet: Fleet; readonly cost: Cost }[];
  /** Errors of budgets and machines, with their places; warnings are on stderr. */
  readonly problems: readonly Problem[];
  /** A budget cannot hold even the fewest machines. */
  readonly refused: boolean;
};

/** Throws a Failure where the spec does not hold, or has no pool in a cloud. */
export async function planCloud(io: Io, pricesFile: string | undefined): Promise<CloudPlan> {
  const prices = await pricesOf(io, pricesFile);
  const { cluster, file, locate, problems } = await readSpecFile(io, undefined);
  if (cluster === null) {
    const text = problems.map(formatProblem).join('\n');
    throw new Failure(exitCodes.badInput, `${file} does not hold\n${text}`, 'mend it, then: muster check');
  }
  const decided = cluster.clouds.map(({ name }) => fleetOf(cluster, name, prices));
  const clouds = decided.flatMap(({ fleet }) => (fleet === null ? [] : [{ fleet, cost: costOf(fleet, prices) }]));
  const findings = [...decided.flatMap((each) => each.findings), ...clouds.flatMap(({ cost }) => cost.findings)];
  const found = findings.map(locate);
  for (const problem of [...problems, ...found].filter(({ severity }) => severity === 'warning')) {
    io.stderr.write(`${formatProblem(problem)}\n`);
  }
  const errors = found.filter(({ severity }) => severity === 'error');
  if (clouds.length === 0 && errors.length === 0) {
    throw new Failure(exitCodes.badInput, `${file}: no pool is in a cloud`, 'add one below pools: provider aws or gcp');
  }
  return { prices, clouds, problems: errors, refused: errors.length > 0 };
}
