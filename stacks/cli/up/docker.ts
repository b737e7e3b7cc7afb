// How does the cluster start on Docker? Files, images, secrets, then `docker compose up`, which leaves alone what is right.
import type { Engine } from '../../drivers/docker.ts';
import { projectContainers } from '../../drivers/docker-containers.ts';
import { changedFiles, writeFiles } from '../../drivers/files.ts';
import { composeVersion, gpusText, isCore, render, type Service, usualTargets } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { composeEnvironment, overrideFor, writeOverride } from '../compose.ts';
import { ownContainers } from '../containers.ts';
import { buildImages } from '../images.ts';
import { counted } from '../output.ts';
import { portOf, projectOf, type Wanted } from '../place.ts';
import type { Io } from '../types.ts';
import { startedServices, stoppedServices } from './changes.ts';
import { choose } from './choice.ts';
import { keepsDown, type Started, type Trouble } from './outcome.ts';
import { demandPort } from './port.ts';
import { takenPorts } from './ports.ts';
import { pullMissing } from './pull.ts';
import type { Report } from './report.ts';
import { provideSecrets } from './secrets.ts';
import { startCore, startOthers } from './start.ts';

/** Starts what of the cluster does not run yet, and returns before it is ready. Throws Failure. */
export async function startOnDocker(
  io: Io,
  engine: Extract<Engine, { state: 'answers' }>,
  home: string,
  wanted: Wanted,
  only: readonly string[] | null,
  { aside, say }: Pick<Report, 'aside' | 'say'>,
): Promise<Started> {
  const { docker } = engine;
  const { cluster } = wanted;
  const port = portOf(io, cluster);
  const override = await overrideFor(wanted, engine);
  const choice = choose(io, cluster, override, only);
  const environment = composeEnvironment(io, home, port, override);
  await runOrFail(io, composeVersion(), environment);
  const before = await ownContainers(io, docker);
  const runs = ({ name }: Service) => before.some(({ running, service }) => running && service === name);
  aside('gpus', gpusText(override.gpus));

  // Images first: one that cannot be built leaves the files, and so plain `docker compose`, as they were.
  await buildImages(io, docker, cluster, say);
  const changed = await changedFiles(io.root, render(cluster, usualTargets).files);
  await writeFiles(io.root, changed);
  if (changed.length > 3) say('written', `${changed.length} files, .env and compose/`);
  else for (const { path } of changed) say('written', path);
  await writeOverride(home, override);
  const provided = await provideSecrets(io, home, cluster, choice.services);
  if (provided.made > 0) say('created', counted(provided.made, 'secret'));

  const core = choice.services.filter(isCore);
  const orchestrator = core.find(({ name }) => name === 'orchestrator');
  if (orchestrator !== undefined && !runs(orchestrator)) await demandPort(port, () => false);
  await startCore(io, core, environment, say);

  const others = choice.services.filter((service) => !isCore(service));
  const troubles: Trouble[] = [...choice.leftOut, ...provided.troubles];
  const without = (left: readonly Service[]) =>
    left.filter(({ name }) => !troubles.some((one) => one.service === name && keepsDown(one)));
  troubles.push(...(await takenPorts(others.filter((service) => !runs(service)))));
  troubles.push(...(await pullMissing(io, docker, without(others), say)));
  troubles.push(...(await startOthers(io, without(others), environment, say)));

  const isOneShot = (name: string) => choice.services.some((one) => one.name === name && one.role === 'one-shot');
  const after = await projectContainers(docker, projectOf(io));
  return {
    url: `http://127.0.0.1:${port}`,
    started: startedServices(before, after).filter((name) => !isOneShot(name)),
    stopped: stoppedServices(before, after),
    classes: orchestrator === undefined ? null : core.map(({ name }) => name),
    services: without(others).map(({ name }) => name),
    troubles,
    named: choice.named,
  };
}
