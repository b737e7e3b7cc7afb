// How does the cluster come to a swarm or a rack? `muster deploy …`: the plan, the question, the deploy, until all is settled.
import { writeJson, writeLine } from './output.ts';
import type { DeployOutcome } from './swarm/deploy.ts';
import { addReach, type ReachOptions } from './swarm/reach.ts';
import { exitCodes, Failure, type Io, type Verb } from './types.ts';

export type DeployOptions = ReachOptions & {
  readonly stack?: string;
  readonly node?: readonly string[];
  readonly rotate?: readonly string[];
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
  readonly timeout: string;
  readonly check?: true;
  readonly limit?: readonly string[];
  readonly uninstall?: true;
};

async function runDeploy(io: Io, target: string, options: DeployOptions): Promise<number> {
  if (target === 'rack') return await runRack(io, options);
  if (target !== 'swarm') {
    const remedy = target === 'compose' ? 'muster up' : 'choose from: swarm, rack';
    throw new Failure(exitCodes.badInput, `there is no deploy for ${JSON.stringify(target)}`, remedy);
  }
  const seconds = Number(options.timeout);
  if (!(seconds > 0)) throw new Failure(exitCodes.badInput, `--timeout: expected seconds, got ${options.timeout}`);
  const { deploySwarm } = await import('./swarm/deploy.ts');
  const json = options.json === true;
  const print = (line: string) => {
    if (!json) writeLine(io, line);
  };
  const outcome = await deploySwarm(io, options, seconds * 1000, print);
  if (json) writeJson(io, outcome);
  else if (outcome.trouble.length > 0) throw failureOf(outcome);
  return exitCodes[outcome.end];
}

/** What a service says whose neighbours have one address for all their tasks, on a node that cannot share addresses. */
const noIpvs = /EHOSTUNREACH/;

async function runRack(io: Io, options: DeployOptions): Promise<number> {
  const [{ deployRack }, { rackFailure }] = await Promise.all([import('./rack/deploy.ts'), import('./rack/work.ts')]);
  const json = options.json === true;
  const outcome = await deployRack(io, options, (line) => {
    if (!json) writeLine(io, line);
  });
  if (json) writeJson(io, outcome);
  else if (outcome.trouble.length > 0) throw rackFailure(outcome, 'muster deploy rack');
  return exitCodes[outcome.end];
}

/** Each service that did not come up, with the last words of its task. */
function failureOf({ stack, trouble }: DeployOutcome): Failure {
  const text = trouble.flatMap(({ service, what, words }) => [
    `${service} ${what}`,
    ...words.map((line) => `  ${line}`),
  ]);
  const look = `docker service ps --no-trunc ${stack}_${trouble[0]?.service}`;
  const kernel = 'do all nodes have IPVS in their kernel? If not, write swarm: { endpoint: dnsrr } in cluster.yaml';
  const remedy = text.some((line) => noIpvs.test(line)) ? kernel : `${look}; mend it, then: muster deploy swarm`;
  return new Failure(exitCodes.failed, text.join('\n'), remedy);
}

export const deploy: Verb = (program, io, exit) => {
  addReach(program.command('deploy').argument('<TARGET>', 'swarm or rack'))
    .description('bring a swarm or a rack in line with cluster.yaml: shows the plan, asks, waits until all is settled')
    .option('--stack <NAME>', 'the name of the stack (default: that of the cluster)')
    .option('--node <[VOLUME=]NODE...>', 'where volumes are made that are nowhere yet (default: a manager)')
    .option('--rotate <SECRET...>', 'make these secrets anew, such as admin or classes/worker/token')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--yes', 'do not ask')
    .option('--timeout <SECONDS>', 'how long it may take until all is settled', '600')
    .option('--check', 'rack: the same as --dry-run')
    .option('--limit <HOST...>', 'rack: these hosts alone')
    .option('--uninstall', 'rack: take Muster off its hosts, with all its data')
    .option('--json', 'print {end, plan, trouble, …} for programs')
    .addHelpText(
      'after',
      `
A service that does not come up is rolled back to what ran before, and this ends with exit code 1.

Examples:
  muster deploy swarm --context rack --dry-run
  muster deploy swarm --yes --rotate admin
  muster deploy rack --check
  muster deploy rack --yes --limit node2`,
    )
    .action(async (target: string, options: DeployOptions) => exit(await runDeploy(io, target, options)));
};
