// How does the cluster come to a swarm? `muster deploy swarm`: the plan, the question, the deploy, until all is settled.
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
};

async function runDeploy(io: Io, target: string, options: DeployOptions): Promise<number> {
  if (target !== 'swarm') {
    const remedy = target === 'compose' ? 'muster up' : 'muster deploy swarm';
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
  addReach(program.command('deploy').argument('<TARGET>', 'swarm'))
    .description('bring a swarm in line with cluster.yaml: shows the plan, asks, waits until all is settled')
    .option('--stack <NAME>', 'the name of the stack (default: that of the cluster)')
    .option('--node <[VOLUME=]NODE...>', 'where volumes are made that are nowhere yet (default: a manager)')
    .option('--rotate <SECRET...>', 'make these secrets anew, such as admin or classes/worker/token')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--yes', 'do not ask')
    .option('--timeout <SECONDS>', 'how long it may take until all is settled', '600')
    .option('--json', 'print {stack, end, plan, trouble, pruned} for programs')
    .addHelpText(
      'after',
      `
A service that does not come up is rolled back to what ran before, and this ends with exit code 1.

Examples:
  muster deploy swarm --context rack --dry-run
  muster deploy swarm --yes --rotate admin`,
    )
    .action(async (target: string, options: DeployOptions) => exit(await runDeploy(io, target, options)));
};
