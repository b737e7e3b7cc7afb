// Where do the workers run that are to be more or fewer? On the swarm that has the stack, else in the Compose project.
import { findEngine } from '../../drivers/docker.ts';
import { membership } from '../../drivers/swarm-nodes.ts';
import { stackLabel, swarmServices, updateService } from '../../drivers/swarm-services.ts';
import { composeScale } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { composeEnvironment, overrideFor } from '../compose.ts';
import { homeOf, portOf, type Wanted } from '../place.ts';
import type { Scaling } from '../scale.ts';
import { environmentOf, type ReachOptions, reachSwarm } from '../swarm/reach.ts';
import { converge, lookAt } from '../swarm/watch.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { runsOnDocker } from '../up/form.ts';

type Wish = ReachOptions & { readonly stack?: string; readonly limitMs: number };
type Say = (verb: string, what: string) => void;

export async function scaleSomewhere(
  io: Io,
  wanted: Wanted,
  scalings: readonly Scaling[],
  wish: Wish,
  say: Say,
): Promise<'swarm' | 'compose'> {
  const { cluster } = wanted;
  const stack = wish.stack ?? cluster.name;
  const engine = await findEngine(environmentOf(io, wish));
  const isManager = engine.state === 'answers' && (await membership(engine.docker)).isManager;
  const named = wish.context !== undefined || wish.host !== undefined || wish.stack !== undefined;
  if (named || (isManager && (await swarmServices(engine.docker, `${stackLabel}=${stack}`)).length > 0)) {
    await onSwarm(io, stack, scalings, wish, say);
    return 'swarm';
  }
  if (engine.state !== 'answers' || !(await runsOnDocker(io, engine))) {
    throw new Failure(
      exitCodes.environment,
      'the cluster runs neither on this swarm nor on Docker Compose',
      'muster up, or muster deploy swarm; embedded, change replicas in cluster.yaml, then: muster up',
    );
  }
  const override = await overrideFor(wanted, engine);
  const environment = composeEnvironment(io, homeOf(io), portOf(io, cluster), override);
  await runOrFail(io, composeScale(scalings), environment);
  return 'compose';
}

async function onSwarm(io: Io, stack: string, scalings: readonly Scaling[], wish: Wish, say: Say): Promise<void> {
  const swarm = await reachSwarm(io, wish);
  const before = await lookAt(swarm, stack);
  for (const { count, name } of scalings) {
    const service = before.services.find((each) => each.name === `${stack}_${name}`);
    if (service === undefined) {
      throw new Failure(exitCodes.environment, `the swarm has no service ${stack}_${name}`, 'muster deploy swarm');
    }
    await updateService(swarm.docker, service, { ...service.spec, Mode: { Replicated: { Replicas: count } } });
  }
  const trouble = await converge(swarm, stack, before, wish.limitMs, say);
  const [first] = trouble;
  if (first === undefined) return;
  throw new Failure(
    exitCodes.failed,
    [`${first.service}: ${first.what}`, ...first.words.map((line) => `  ${line}`)].join('\n'),
    `docker service ps --no-trunc ${stack}_${first.service}`,
  );
}
