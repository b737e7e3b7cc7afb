// What does a Pulumi program start from? The spec as it stands, the fleet that follows, its secrets and its programs.
import { dirname, join, relative, resolve as resolvePath } from 'node:path';
import { log, RunError } from '@pulumi/pulumi';
import { createSecretFiles } from '../stacks/drivers/secret-files.ts';
import { readSecret, secretsFolder } from '../stacks/drivers/secrets.ts';
import { readText } from '../stacks/drivers/text-file.ts';
import {
  authorityFiles,
  type Cluster,
  type Finding,
  meetsOwnAuthority,
  parseSpec,
  resolve,
  secretFiles,
  workerData,
} from '../stacks/index.ts';
import { controlOf } from './control.ts';
import { sums } from './executables.ts';
import { fleetOf } from './fleet.ts';
import type { CloudInputs } from './inputs.ts';
import { priceTable } from './price-table.ts';
import { costOf } from './prices.ts';
import type { Fleet } from './types.ts';

const mostBytes = 1_048_576;

/** Every problem of the spec, the fleet and its budgets at once; warnings go to the engine's log. */
async function decided(
  cloud: Fleet['cloud'],
  file: string,
): Promise<{ readonly cluster: Cluster; readonly fleet: Fleet }> {
  const name = relative(process.cwd(), file);
  const text = await readText(file, mostBytes).catch((cause: unknown) => {
    throw new RunError(`cannot read ${name}: ${(cause as Error).message}\n   → pulumi config set spec PATH`);
  });
  const { spec, problems, locate } = parseSpec(text, name);
  const cluster = spec === null ? null : resolve(spec);
  const { fleet, findings } = cluster === null ? { fleet: null, findings: [] } : fleetOf(cluster, cloud, priceTable);
  const costs: readonly Finding[] = fleet === null ? [] : costOf(fleet, priceTable).findings;
  const all = [...problems, ...[...findings, ...costs].map(locate)];
  const lineOf = ({ file: where, line, column, path, message, remedy }: (typeof all)[number]): string =>
    `${where}:${line}:${column} ${path}: ${message}${remedy === undefined ? '' : `\n   → ${remedy}`}`;
  const errors = all.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new RunError(errors.map(lineOf).join('\n'));
  for (const warning of all) await log.warn(lineOf(warning));
  if (cluster !== null && fleet !== null) return { cluster, fleet };
  throw new RunError(`${name}: no pool is in ${cloud}\n   → add one below pools, with provider: ${cloud}`);
}

/**
 * Reads `spec`, a path relative to the program's folder, makes the secrets that are missing below `.muster` beside it
 * (MUSTER_HOME moves them), and builds what machines fetch. Throws a RunError, which Pulumi shows without a stack.
 */
export async function readInputs(cloud: Fleet['cloud'], spec: string): Promise<CloudInputs> {
  const file = resolvePath(process.cwd(), spec);
  const { cluster, fleet } = await decided(cloud, file);
  const folder = secretsFolder(resolvePath(dirname(file), process.env.MUSTER_HOME || '.muster'));
  const place = { folder, owner: null, root: dirname(file) };
  const meets = meetsOwnAuthority(fleet.reach);
  await createSecretFiles(place, [...secretFiles(cluster), ...(meets ? authorityFiles(cluster) : [])]);
  const built = await sums();
  const control = await controlOf(cluster, fleet, place, built);
  const secret = (path: string): string => {
    const value = readSecret(join(folder, path));
    if (value === null) throw new RunError(`the secret ${path} is missing in ${folder}`);
    return value;
  };
  const sum = (name: string): string => built.get(name) ?? '';
  const offered = {
    ...{ installerSha256: sum('install.sh'), agentSha256: sum('muster-agent-linux-x64') },
    authority: meets ? secret('authority/ca.crt') : null,
  };
  return {
    fleet,
    classTokens: Object.fromEntries(fleet.groups.map(({ pool }) => [pool, secret(`classes/${pool}/token`)])),
    ...control,
    workerData: ({ pool }) => workerData(cluster, pool, offered),
  };
}
