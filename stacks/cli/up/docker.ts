// How does the cluster start on Docker? Files, images, secrets, then `docker compose up`, which leaves alone what is right.
import type { ComposeContainer, DockerClient } from '../../drivers/docker.ts';
import { changedFiles, writeFiles } from '../../drivers/files.ts';
import { createSecrets, secretsOwner } from '../../drivers/secrets.ts';
import { type Cluster, composeUp, composeVersion, render, targets } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { ownContainers } from '../containers.ts';
import { buildImages } from '../images.ts';
import { counted } from '../output.ts';
import { portOf } from '../place.ts';
import type { Io } from '../types.ts';
import type { Started } from './embedded.ts';
import { demandPort } from './port.ts';

/** What compose.yaml asks of the shell: where the secrets lie, who reads them, which port. */
export function composeEnvironment(io: Io, home: string, port: number): Io['env'] {
  const owner = secretsOwner(process.getuid?.() ?? 0);
  return { ...io.env, MUSTER_HOME: home, MUSTER_UID: String(owner), MUSTER_PORT: String(port) };
}

/** Starts what of the cluster does not run yet, and returns before it is ready. Throws Failure. */
export async function startOnDocker(
  io: Io,
  docker: DockerClient,
  home: string,
  cluster: Cluster,
  say: (verb: string, what: string) => void,
): Promise<Started> {
  const port = portOf(io, cluster);
  const environment = composeEnvironment(io, home, port);
  await runOrFail(io, composeVersion(), environment);
  const before = await ownContainers(io, docker);
  // Images first: one that cannot be built leaves the files, and so plain `docker compose`, as they were.
  await buildImages(io, docker, cluster, say);
  const changed = await changedFiles(io.root, render(cluster, [targets.compose]).files);
  await writeFiles(io.root, changed);
  for (const { path } of changed) say('written', path);

  const owner = secretsOwner(process.getuid?.() ?? 0);
  const created = createSecrets(
    home,
    cluster.workers.map(({ name }) => name),
    owner,
  );
  if (created.length > 0) say('created', counted(created.length, 'secret'));
  if (!before.some(({ service, running }) => service === 'orchestrator' && running))
    await demandPort(port, () => false);
  let told = false;
  await runOrFail(io, composeUp(), environment, (line) => {
    // The one-shot that makes secrets starts at every up.
    if (told || !/Container .* (Creating|Recreate|Starting)$/.test(line) || /-secrets-\d+ /.test(line)) return;
    told = true;
    say('starting', 'containers');
  });
  const after = await ownContainers(io, docker);
  return {
    url: `http://127.0.0.1:${port}`,
    started: startedServices(before, after),
    stopped: stoppedServices(before, after),
  };
}

/** Services with a container that did not run before; one-shots, which never stay up, are not of interest. */
export function startedServices(
  before: readonly ComposeContainer[],
  after: readonly ComposeContainer[],
): readonly string[] {
  const ran = new Set(before.filter(({ running }) => running).map(({ id }) => id));
  return [...new Set(after.filter(({ id, running }) => running && !ran.has(id)).map(({ service }) => service))];
}

/** Services that have fewer running containers than before. */
export function stoppedServices(
  before: readonly ComposeContainer[],
  after: readonly ComposeContainer[],
): readonly string[] {
  const running = (all: readonly ComposeContainer[], name: string) =>
    all.filter((one) => one.service === name && one.running).length;
  return [...new Set(before.map(({ service }) => service))].filter(
    (name) => running(before, name) > running(after, name),
  );
}
