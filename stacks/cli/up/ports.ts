// May each service have its ports on this host? One that may not is left out; the orchestrator must have its own.
import { isPortFree, portOwner } from '../../drivers/ports.ts';
import type { Service } from '../../index.ts';
import type { Trouble } from './outcome.ts';

/** A trouble for each service that wants a port which another program has. */
export async function takenPorts(services: readonly Service[]): Promise<readonly Trouble[]> {
  const troubles: Trouble[] = [];
  for (const { name, ports } of services) {
    for (const { published } of ports) {
      if (await mayBeHad(published)) continue;
      const owner = portOwner(published);
      const who = owner === null ? 'taken' : `taken by "${owner.program}" (pid ${owner.pid})`;
      const next = `stop that program, or give ${name} another port in cluster.yaml; then: make up`;
      troubles.push({ service: name, state: 'sick', reason: `port ${published} is ${who}`, next });
      break;
    }
  }
  return troubles;
}

/** Below 1024 this user may not even try; the engine may. */
async function mayBeHad(port: number): Promise<boolean> {
  try {
    return await isPortFree(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return true;
    throw error;
  }
}
