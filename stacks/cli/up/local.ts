// What of the stack starts without Docker? Orchestrator, workers, and every service whose program this machine has.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles, writeFiles } from '../../drivers/files.ts';
import { isPortFree, portOwner } from '../../drivers/ports.ts';
import { markedProcesses } from '../../drivers/processes.ts';
import { programsOnPath } from '../../drivers/programs.ts';
import { type Cluster, isCore, localStack, type Service, select, services } from '../../index.ts';
import { portOf } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { demandKnown } from './choice.ts';
import { startEmbedded } from './embedded.ts';
import type { Started, Trouble } from './outcome.ts';

/** Below it only root may listen. */
const firstOpenPort = 1024;

/** Throws a Failure when nothing of what was asked for can run here. */
export async function startLocally(
  io: Io,
  home: string,
  cluster: Cluster,
  only: readonly string[] | null,
  say: (verb: string, what: string) => void,
): Promise<Started> {
  const all = services(cluster);
  const chosen = select(all, { only, elsewhere: false, lacking: [] });
  demandKnown(chosen);
  const living = new Set(markedProcesses(home).map(({ name }) => name));
  const beside = all.filter((one) => !isCore(one));
  // Who runs already goes on, as with Docker.
  const wanted = beside.filter((one) => chosen.services.includes(one) || living.has(one.name));
  const troubles = await unfit(io, home, cluster, wanted, living);
  const fit = wanted.filter(({ name }) => !troubles.some(({ service }) => service === name));
  const asksForWorkers = chosen.services.some((one) => isCore(one) && one.role === 'daemon');
  if (!asksForWorkers && fit.length === 0) {
    const [first] = troubles;
    throw new Failure(exitCodes.environment, `${first?.service ?? 'it'} cannot start: ${first?.reason}`, first?.next);
  }
  const place = { home, root: io.root, port: portOf(io, cluster), programs: programsOf(io, fit) };
  const stack = localStack(cluster, fit, place);
  const folder = join(home, 'run', 'configs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await writeFiles(folder, await changedFiles(folder, stack.configs));
  for (const { environment } of stack.children) {
    for (const path of [environment.HOME, environment.TMPDIR]) mkdirSync(path ?? '', { recursive: true, mode: 0o700 });
  }
  const started = await startEmbedded(io, home, cluster, stack.children, say);
  const here = cluster.workers.filter(({ targets }) => targets.includes('compose'));
  const names = fit.map(({ name }) => name);
  return { ...started, classes: here.map(({ name }) => name), services: names, troubles, named: chosen.named };
}

const programsOf = (io: Io, all: readonly Service[]): ReadonlySet<string> =>
  programsOnPath([...new Set(all.flatMap(({ program }) => program ?? []))], io.env.PATH);

/** Who cannot run here, and why: no program, or a port that somebody else has. */
async function unfit(
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
