// Which clouds are meant, and how is their stack called? As cluster.yaml says; to leave a cloud it need not hold.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Range } from '../../../infra/prices.ts';
import { nearest } from '../../index.ts';
import { formatProblem } from '../output.ts';
import { type CloudPlan, planCloud } from '../plan/cloud.ts';
import { readSpecFile } from '../spec-file.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

export type Chosen = {
  readonly clouds: readonly string[];
  readonly stack: string;
  /** What they would cost; null where nothing is about to be made. */
  readonly plan: CloudPlan | null;
};

/** Those with a program of their own. */
const known = ({ root }: Io): readonly string[] =>
  readdirSync(join(root, 'infra')).filter((name) => existsSync(join(root, 'infra', name, 'Pulumi.yaml')));

function demandKnown(io: Io, named: string | undefined): void {
  const all = known(io);
  if (named === undefined || all.includes(named)) return;
  const meant = nearest(named, all);
  const remedy = meant === null ? `choose from: ${all.join(', ')}` : `did you mean "${meant}"?`;
  throw new Failure(exitCodes.badInput, `there is no cloud ${JSON.stringify(named)}`, remedy);
}

/** The clouds that have pools. Throws a Failure where the spec does not hold, or a budget cannot hold the fewest machines. */
export async function chosenToMake(io: Io, named: string | undefined, stack: string | undefined): Promise<Chosen> {
  demandKnown(io, named);
  const plan = await planCloud(io, undefined);
  if (plan.refused) {
    const text = plan.problems.map(formatProblem).join('\n');
    throw new Failure(exitCodes.refused, `nothing was made\n${text}`, 'mend it, then: muster plan cloud');
  }
  const clouds = plan.clouds.map(({ fleet }) => fleet.cloud);
  const name = stack ?? plan.clouds[0]?.fleet.cluster ?? '';
  if (named === undefined) return { clouds, stack: name, plan };
  if (clouds.some((cloud) => cloud === named)) return { clouds: [named], stack: name, plan };
  const message = `cluster.yaml has no pool in ${named}`;
  throw new Failure(exitCodes.badInput, message, `one that is still there goes with: muster cloud destroy ${named}`);
}

/** Every cloud, or the one that is named: what lies there may no longer be in the spec. */
export async function chosenToKeep(io: Io, named: string | undefined, stack: string | undefined): Promise<Chosen> {
  demandKnown(io, named);
  const clouds = named === undefined ? known(io) : [named];
  if (stack !== undefined) return { clouds, stack, plan: null };
  const { cluster, file, problems } = await readSpecFile(io, undefined);
  if (cluster !== null) return { clouds, stack: cluster.name, plan: null };
  const text = problems.map(formatProblem).join('\n');
  throw new Failure(
    exitCodes.badInput,
    `${file} does not hold\n${text}`,
    "mend it, or say the cluster's name: --stack NAME",
  );
}

/** What one cloud costs, in a line. */
export function billOf({ clouds, prices }: CloudPlan, cloud: string): string | null {
  const total = clouds.find(({ fleet }) => fleet.cloud === cloud)?.cost.total;
  if (total === undefined) return null;
  const range = ({ best, worst }: Range): string =>
    best === worst ? best.toFixed(2) : `${best.toFixed(2)} to ${worst.toFixed(2)}`;
  const sums = `${range(total.hour)} USD an hour, ${range(total.month)} a month`;
  return `${sums} (prices of ${prices.date}; each pool: muster plan cloud)`;
}
