// What happens between the plan and the settled stack? Look, show, ask, provide, deploy, watch, prune.
import { stackLabel, swarmServices, updateService } from '../../drivers/swarm-services.ts';
import {
  deployPlan,
  differences,
  fitFindings,
  forced,
  type PlanLine,
  restarts,
  type StackRequests,
} from '../../index.ts';
import { confirmed } from '../confirm.ts';
import type { DeployOptions } from '../deploy.ts';
import { counted, self } from '../output.ts';
import { exitCodes, type Io } from '../types.ts';
import { type Stack, wantedStack, writeStack } from './files.ts';
import { rebuiltServices } from './images.ts';
import { planHead, planLines, planText } from './plan-text.ts';
import { findLacking, type Lacking, provide } from './prepare.ts';
import { prune } from './prune.ts';
import { reachSwarm, type Swarm } from './reach.ts';
import { rotateSecret } from './secrets.ts';
import { deployStack, rehearse } from './stack.ts';
import { type Before, converge, lookAt, type Trouble } from './watch.ts';

export type DeployOutcome = {
  readonly stack: string;
  readonly end: 'done' | 'failed' | 'refused';
  readonly plan: readonly PlanLine[];
  readonly trouble: readonly Trouble[];
  readonly pruned: readonly string[];
};

type Print = (line: string) => void;

export async function deploySwarm(
  io: Io,
  options: DeployOptions,
  limitMs: number,
  print: Print,
): Promise<DeployOutcome> {
  const wanted = await wantedStack(io);
  const swarm = await reachSwarm(io, options);
  const undo: (() => void)[] = [];
  try {
    for (const path of options.rotate ?? []) undo.push(await rotateSecret(io, wanted.cluster, path));
    const outcome = await planned(io, swarm, wanted, options, limitMs, print);
    if (outcome.end !== 'done' || options.dryRun === true) for (const back of undo.reverse()) back();
    return outcome;
  } catch (error) {
    for (const back of undo.reverse()) back();
    throw error;
  }
}

async function planned(
  io: Io,
  swarm: Swarm,
  wanted: Stack,
  options: DeployOptions,
  limitMs: number,
  print: Print,
): Promise<DeployOutcome> {
  const { cluster, files } = wanted;
  const stack = options.stack ?? cluster.name;
  const say = (verb: string, what: string) => print(`  ${verb.padEnd(9)} ${what}`);
  const lacking = await findLacking(io, swarm, cluster, options.node ?? [], say);
  const missing = lacking.secrets.filter(({ present }) => !present).map(({ name }) => name);
  const requests = await rehearse(io, swarm, { cluster, files, stack }, missing, lacking.variables);
  checkRoom(wanted, requests, lacking, stack);
  const before = await lookAt(swarm, stack);
  const rebuilt = rebuiltServices(lacking.shipments);
  const changes = deployPlan({
    stack,
    requests,
    live: before.services,
    networkNames: await networkNames(swarm),
    secrets: missing,
    rebuilt,
  });
  const plan = planLines(changes, lacking.onSwarm.notes);
  const outcome = { stack, plan, trouble: [], pruned: [] };
  const idle =
    changes.length === 0 && lacking.shipments.length === 0 && lacking.volumes.every((each) => each.fresh.length === 0);
  if (idle) {
    const trouble = await converge(swarm, stack, before, limitMs, say);
    if (trouble.length > 0) return { ...outcome, end: 'failed', trouble };
    print(`muster: the stack "${stack}" is up, nothing to change (${counted(running(before), 'task')})`);
    return { ...outcome, end: 'done' };
  }
  print(planHead(swarm, lacking.nodes.length, stack));
  if (plan.length > 0) print(planText(plan));
  if (options.dryRun === true) return { ...outcome, end: 'done' };
  if (options.yes !== true && !(await confirmed(io, 'apply?', '--yes'))) {
    print('muster: nothing was changed');
    return { ...outcome, end: 'refused' };
  }
  for (const path of await writeStack(io, files)) say('written', path);
  await provide(io, swarm, cluster, lacking, say);
  await deployStack(io, swarm, cluster, stack, lacking.variables);
  await force(swarm, stack, before, rebuilt);
  const trouble = await converge(swarm, stack, before, limitMs, say);
  if (trouble.length > 0) return { ...outcome, end: 'failed', trouble };
  const pruned = await prune(swarm, cluster, stack, lacking.secrets);
  if (pruned.length > 0) say('pruned', pruned.join(' '));
  print(`muster: the stack "${stack}" is up (${counted(running(await lookAt(swarm, stack)), 'task')})`);
  print(`next:  docker stack ps ${stack}    ${self} nodes list    ${self} scale CLASS=N`);
  return { ...outcome, end: 'done', pruned };
}

function checkRoom({ demand }: Stack, { services }: StackRequests, { nodes, onSwarm }: Lacking, stack: string): void {
  const specs = services.map(({ spec }) => spec);
  const pathOf = (name: unknown) => onSwarm.pathOf(String(name).slice(stack.length + 1));
  demand(
    fitFindings(specs, nodes, ({ Name }) => pathOf(Name)),
    exitCodes.environment,
  );
}

async function networkNames({ docker }: Swarm): Promise<ReadonlyMap<string, string>> {
  return new Map((await docker.listNetworks()).map(({ Id, Name }) => [Id, Name]));
}

function running({ tasks }: Before): number {
  return tasks.filter(({ desired, state }) => desired === 'running' && state === 'running').length;
}

/** The deploy sees no change where an image has its old name: these services are told to start anew, unless they do. */
async function force(swarm: Swarm, stack: string, before: Before, rebuilt: readonly string[]): Promise<void> {
  for (const service of await swarmServices(swarm.docker, `${stackLabel}=${stack}`)) {
    const was = before.services.find(({ id }) => id === service.id);
    if (was === undefined || !rebuilt.includes(service.name.slice(stack.length + 1))) continue;
    if (restarts(differences(was.spec, service.spec, new Map()))) continue;
    await updateService(swarm.docker, service, forced(service.spec));
  }
}
