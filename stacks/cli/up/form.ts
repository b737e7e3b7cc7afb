// On Docker or embedded? Docker where an engine answers, unless told otherwise; never both at once.
import { type Engine, findEngine } from '../../drivers/docker.ts';
import { projectContainers } from '../../drivers/docker-containers.ts';
import { markedProcesses } from '../../drivers/processes.ts';
import { strangerOf } from '../containers.ts';
import { projectOf } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';

export type Form =
  | { readonly kind: 'docker'; readonly engine: Extract<Engine, { state: 'answers' }> }
  /** `why` is one line for the user. */
  | { readonly kind: 'embedded'; readonly why: string };

/** Whether containers of this clone's project run on that engine. */
export async function runsOnDocker(io: Io, engine: Engine): Promise<boolean> {
  if (engine.state !== 'answers') return false;
  const containers = await projectContainers(engine.docker, projectOf(io));
  return strangerOf(io.root, containers) === null && containers.some(({ running }) => running);
}

/** Chooses, and throws a Failure when the cluster runs in the other form already or the engine may not be used. */
export async function chooseForm(io: Io, home: string, embedded: boolean): Promise<Form> {
  const engine = await findEngine(io.env);
  if (!embedded && engine.state === 'forbidden') {
    throw new Failure(
      exitCodes.environment,
      `Docker answers at ${engine.where}, but this user may not use it`,
      'run it as root or as a user of the group docker, or without Docker: make up-workers EMBEDDED=1',
    );
  }
  if (embedded || engine.state !== 'answers') {
    if (await runsOnDocker(io, engine)) {
      throw new Failure(
        exitCodes.refused,
        'the cluster runs on Docker already',
        'make down, then: make up-workers EMBEDDED=1',
      );
    }
    const why =
      engine.state === 'answers' || embedded
        ? 'as asked for'
        : `because no Docker engine answered (${engine.where}: ${engine.why})`;
    return { kind: 'embedded', why };
  }
  if (markedProcesses(home).length > 0) {
    throw new Failure(exitCodes.refused, 'the cluster runs embedded already', 'make down, then: make up-workers');
  }
  return { kind: 'docker', engine };
}
