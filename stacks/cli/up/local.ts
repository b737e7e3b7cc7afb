// What of the stack starts without Docker? Orchestrator, workers, and every service whose program this machine has.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles, writeFiles } from '../../drivers/files.ts';
import { markedProcesses } from '../../drivers/processes.ts';
import { type Cluster, isCore, localStack, select, services } from '../../index.ts';
import { portOf } from '../place.ts';
import { exitCodes, Failure, type Io } from '../types.ts';
import { demandKnown } from './choice.ts';
import { startEmbedded } from './embedded.ts';
import type { Started } from './outcome.ts';
import { programsOf, unfit } from './unfit.ts';

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
