// Which services cannot run on this machine without Docker, and why?
import { isPortFree, portOwner } from '../../drivers/ports.ts';
import { programsOnPath } from '../../drivers/programs.ts';
import { type Cluster, localStack, type Service } from '../../index.ts';
import { portOf } from '../place.ts';
import type { Io } from '../types.ts';
import type { Trouble } from './outcome.ts';

/** Below it only root may listen. */
const firstOpenPort = 1024;

export const programsOf = (io: Io, all: readonly Service[]): ReadonlySet<string> =>
  programsOnPath([...new Set(all.flatMap(({ program }) => program ?? []))], io.env.PATH);

/** Who cannot run here, and why: no program, or a port that somebody else has. */
export async function unfit(
  io: Io,
  home: string,
  cluster: Cluster,
  wanted: readonly Service[],
  living: ReadonlySet<string>,
): Promise<readonly Trouble[]> {
  const place = { home, root: io.root, port: portOf(io, cluster), programs: programsOf(io, wanted) };
  const stack = localStack(cluster, wanted, place);
  const missing = stack.leftOut.map(({ service, why }): Trouble => {
    const isContained = wanted.some(({ name, program }) => name === service && program === null);
    const next = `${isContained ? '' : 'install it, or '}start a Docker engine; then: make up`;
    return { service, state: 'left out', reason: why, next };
  });
  const ports = new Map<string, Trouble>();
  for (const { port, service } of stack.ports.filter(({ service: name }) => !living.has(name))) {
    const next = `choose another port of ${service} in cluster.yaml, or stop that program`;
    if (port < firstOpenPort && process.getuid?.() !== 0) {
      const reason = `only root may listen on port ${port}`;
      ports.set(service, {
        service,
        state: 'left out',
        reason,
        next: `give ${service} ports above 1023 in cluster.yaml`,
      });
    } else if (!(await isPortFree(port))) {
      const owner = portOwner(port);
      const who = owner === null ? 'somebody' : `"${owner.program}" (pid ${owner.pid})`;
      ports.set(service, { service, state: 'left out', reason: `port ${port} is taken by ${who}`, next });
    }
  }
  return [...missing, ...ports.values()];
}
