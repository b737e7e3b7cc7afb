// What happens between the plan and the rack that runs? Write, make, show, ask, play, and say what is next.
import { type Cluster, type PlanLine, type Playbook, type RackEvent, rackPlan } from '../../index.ts';
import { confirmed } from '../confirm.ts';
import type { DeployOptions } from '../deploy.ts';
import { counted, self } from '../output.ts';
import { homeOf, rememberUrl } from '../place.ts';
import { planText } from '../swarm/plan-text.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { provideRack, writeRack } from './files.ts';
import { demandAnsible, play, type Run } from './playbook.ts';

export type RackOutcome = {
  readonly end: 'done' | 'failed' | 'refused';
  readonly plan: readonly PlanLine[];
  readonly changed: number;
  readonly trouble: readonly RackEvent[];
};

type Print = (line: string) => void;

export async function deployRack(io: Io, options: DeployOptions, print: Print): Promise<RackOutcome> {
  const say = (verb: string, what: string) => print(`  ${verb.padEnd(9)} ${what}`);
  const playbook: Playbook = options.uninstall === true ? 'uninstall' : 'site';
  await demandAnsible(io);
  const cluster = await writeRack(io, say);
  const run = { limit: namedHosts(cluster, options.limit ?? []) };
  if (playbook === 'site') await provideRack(io, cluster, say);
  print(head(cluster, run.limit, playbook));
  const rehearsal = await play(io, playbook, { ...run, check: true });
  const plan = rackPlan(rehearsal.events);
  const outcome = { plan, changed: 0, trouble: rehearsal.trouble };
  if (rehearsal.trouble.length > 0) return { ...outcome, end: 'failed' };
  if (plan.length === 0) {
    print(`muster: the rack "${cluster.name}" is as it should be, nothing to change`);
    return { ...outcome, end: 'done' };
  }
  print(planText(plan));
  if (options.check === true || options.dryRun === true) return { ...outcome, end: 'done' };
  const question = playbook === 'site' ? 'apply?' : 'take Muster and its data off these hosts?';
  if (options.yes !== true && !(await confirmed(io, question, '--yes'))) {
    print('muster: nothing was changed');
    return { ...outcome, end: 'refused' };
  }
  const { events, trouble } = await play(io, playbook, { ...run, check: false }, progress(say));
  const changed = events.filter(({ event }) => event === 'changed').length;
  if (trouble.length > 0) return { ...outcome, end: 'failed', changed, trouble };
  for (const line of next(io, cluster, playbook)) print(line);
  return { ...outcome, end: 'done', changed };
}

function namedHosts({ rack }: Cluster, limit: readonly string[]): Run['limit'] {
  const known = rack.hosts.map(({ name }) => name);
  const stranger = limit.find((name) => !known.includes(name));
  if (stranger === undefined) return limit;
  throw new Failure(
    exitCodes.badInput,
    `--limit: the rack has no host ${JSON.stringify(stranger)}`,
    `choose from: ${known.join(' ')}`,
  );
}

function head({ name, rack }: Cluster, limit: readonly string[], playbook: Playbook): string {
  const hosts = limit.length > 0 ? limit : rack.hosts.map((host) => host.name);
  const what = playbook === 'site' ? '' : '   to be taken off';
  return `rack "${name}" (${counted(hosts.length, 'host')}: ${hosts.join(' ')})${what}`;
}

/** One line for each thing that changed. */
function progress(say: (verb: string, what: string) => void): (event: RackEvent) => void {
  return ({ event, host, item, role, task }) => {
    if (event === 'changed') say(host ?? '', `${role ? `${role}: ` : ''}${task}${item ? `   ${item}` : ''}`);
  };
}

function next(io: Io, { name, orchestrator, rack }: Cluster, playbook: Playbook): readonly string[] {
  if (playbook === 'uninstall') return [`muster: the hosts are as they were; the secrets stay in ${homeOf(io)}`];
  const host = rack.hosts.find(({ runs }) => runs.includes('orchestrator'));
  if (host === undefined) return [`muster: the rack "${name}" is up`];
  const url = `https://${host.address}:${orchestrator.port}`;
  rememberUrl(homeOf(io), url);
  return [
    `muster: the rack "${name}" is up (${url})`,
    `next:  ${self} workers list    ${self} jobs submit -- hostname    ${self} deploy rack --check`,
  ];
}
