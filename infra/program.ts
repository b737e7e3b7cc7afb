// What does a Pulumi program start from? The spec as it stands, the fleet that follows, its secrets and its programs.
import { dirname, join, relative, resolve as resolvePath } from 'node:path';
import { log, RunError } from '@pulumi/pulumi';
import { createSecretFiles } from '../stacks/drivers/secret-files.ts';
import { readSecret, secretsFolder } from '../stacks/drivers/secrets.ts';
import { runCommand } from '../stacks/drivers/shell.ts';
import { readText } from '../stacks/drivers/text-file.ts';
import {
  type Cluster,
  type Finding,
  parseSpec,
  resolve,
  secretFiles,
  type WorkerBoot,
  workerData,
} from '../stacks/index.ts';
import { fleetOf } from './fleet.ts';
import type { CloudInputs } from './inputs.ts';
import { priceTable } from './price-table.ts';
import { costOf } from './prices.ts';
import type { Fleet, Group } from './types.ts';

const root = resolvePath(import.meta.dirname, '..');
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

/** Whoever runs several programs in a row builds first and says so: a look at what is fresh takes seconds. */
const isBuilt = (): boolean => process.env.MUSTER_EXECUTABLES === 'built';

async function buildExecutables(): Promise<void> {
  const command = {
    program: process.execPath,
    args: [join(root, 'stacks/cli/muster.js'), 'build-executables'],
    why: 'the programs that machines fetch',
  };
  const { exitCode, output } = await runCommand({ ...command, on: 'host' }, { cwd: root, env: process.env });
  if (exitCode !== 0) throw new RunError(`the programs of the machines could not be built\n${output.trim()}`);
}

/** By name: what the orchestrator offers, built where it is missing or stale. */
async function sums(): Promise<ReadonlyMap<string, string>> {
  if (!isBuilt()) await buildExecutables();
  const list = await readText(join(root, 'build/executables/SHA256SUMS'), mostBytes);
  return new Map(
    list.split('\n').flatMap((line) => {
      const [sum, name] = line.split(/ [ *]/);
      return sum !== undefined && name !== undefined ? [[name, sum] as const] : [];
    }),
  );
}

function bootOf(
  fleet: Fleet,
  group: Group,
  at: Parameters<CloudInputs['workerData']>[1],
  offered: ReadonlyMap<string, string>,
  authority: string | null,
): WorkerBoot {
  const sum = (name: string): string => offered.get(name) ?? '';
  return {
    ...{ cloud: fleet.cloud, region: group.region, pool: group.pool, group: group.name, url: at.url, authority },
    ...{ tokenSecret: at.secret, installerSha256: sum('install.sh'), agentSha256: sum('muster-agent-linux-x64') },
    gpus: group.machines[0]?.gpu?.count ?? 0,
    labels: group.labels,
    bootDeadlineSeconds: group.bootDeadlineSeconds,
    aloneSeconds: Math.max(600, group.idleSeconds),
  };
}

/**
 * Reads `spec`, a path relative to the program's folder, makes the secrets that are missing below `.muster` beside it
 * (MUSTER_HOME moves them), and builds what machines fetch. Throws a RunError, which Pulumi shows without a stack.
 */
export async function readInputs(cloud: Fleet['cloud'], spec: string): Promise<CloudInputs> {
  const file = resolvePath(process.cwd(), spec);
  const { cluster, fleet } = await decided(cloud, file);
  const folder = secretsFolder(resolvePath(dirname(file), process.env.MUSTER_HOME || '.muster'));
  await createSecretFiles({ folder, owner: null, root: dirname(file) }, secretFiles(cluster));
  const offered = await sums();
  const secret = (path: string): string => {
    const value = readSecret(join(folder, path));
    if (value === null) throw new RunError(`the secret ${path} is missing in ${folder}`);
    return value;
  };
  const ownAuthority = fleet.reach.by === 'control-plane' && fleet.reach.certificate === null;
  const authority = ownAuthority ? `${secret('authority/ca.crt')}\n` : null;
  return {
    fleet,
    classTokens: Object.fromEntries(fleet.groups.map(({ pool }) => [pool, secret(`classes/${pool}/token`)])),
    controlSecrets: {},
    workerData: (group, at) => workerData(bootOf(fleet, group, at, offered, authority)),
    controlData: () => '',
  };
}
