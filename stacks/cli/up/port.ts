// May the orchestrator have its port? Says who has it, when it is not free.
import { isPortFree, portOwner } from '../../drivers/ports.ts';
import { exitCodes, Failure } from '../types.ts';

/** Throws a Failure when 127.0.0.1:port is taken by a process that is not one of ours. */
export async function demandPort(port: number, isOurs: (pid: number) => boolean): Promise<void> {
  if (await isPortFree(port)) return;
  const owner = portOwner(port);
  if (owner !== null && isOurs(owner.pid)) return;
  throw new Failure(
    exitCodes.environment,
    owner === null ? `port ${port} is taken` : `port ${port} is taken by "${owner.program}" (pid ${owner.pid})`,
    `MUSTER_PORT=${port + 1} make up-workers, or stop that program`,
  );
}
