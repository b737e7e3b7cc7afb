// What runs that cluster.yaml does not want so, and what does it want that does not run? Compose's own hashes tell.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DockerClient, type Engine, findImage } from '../../drivers/docker.ts';
import type { ComposeContainer } from '../../drivers/docker-containers.ts';
import { writeFiles } from '../../drivers/files.ts';
import { composeHashes, type HostOverride, render, type Service, targets } from '../../index.ts';
import { runOrFail } from '../commands.ts';
import { composeEnvironment, overrideFor } from '../compose.ts';
import { ownContainers } from '../containers.ts';
import { projectOf, urlOf, type Wanted } from '../place.ts';
import type { Io } from '../types.ts';
import { askedFor } from '../up/asked.ts';
import { choose } from '../up/choice.ts';

export type ServiceDifference = {
  readonly service: string;
  /** `missing`: does not run. `extra`: nobody asked for it. `outdated`: runs, but not as it should. */
  readonly state: 'missing' | 'extra' | 'outdated';
  readonly reason: string;
};

/** Null when nothing was started on Docker. */
export async function serviceDifferences(
  io: Io,
  home: string,
  wanted: Wanted,
  engine: Extract<Engine, { state: 'answers' }>,
): Promise<readonly ServiceDifference[] | null> {
  const containers = await ownContainers(io, engine.docker);
  const asked = askedFor(home);
  if (containers.length === 0 && asked?.length === 0) return null;
  const override = await overrideFor(wanted, engine);
  const { leftOut, services } = choose(io, wanted.cluster, override, asked);
  const hashes = await wantedHashes(io, home, wanted, override);
  const found = await Promise.all(
    services.map((service) => difference(engine.docker, service, containers, hashes.get(service.name))),
  );
  const known = new Set([...services, ...leftOut.map(({ service }) => ({ name: service }))].map(({ name }) => name));
  const extra = [...new Set(containers.map(({ service }) => service))]
    .filter((name) => !known.has(name))
    .map(
      (service): ServiceDifference => ({
        service,
        state: 'extra',
        reason: 'it runs, but cluster.yaml asks for no such service',
      }),
    );
  return [...found.flatMap((one) => one ?? []), ...extra].sort((a, b) => (a.service < b.service ? -1 : 1));
}

async function difference(
  docker: DockerClient,
  { image, name, replicas, role }: Service,
  containers: readonly ComposeContainer[],
  hash: string | undefined,
): Promise<ServiceDifference | null> {
  const own = containers.filter(({ service }) => service === name);
  const missing = (reason: string): ServiceDifference => ({ service: name, state: 'missing', reason });
  const outdated = (reason: string): ServiceDifference => ({ service: name, state: 'outdated', reason });
  if (own.length === 0) return replicas === 0 ? null : missing('it was not started');
  const other = own.find((container) => container.image !== image.reference && !container.image.startsWith('sha256:'));
  if (other !== undefined) return outdated(`image ${other.image} → ${image.reference}`);
  if (own.some(({ configHash }) => configHash !== hash)) return outdated('its settings changed');
  const current = await findImage(docker, image.reference, '');
  if (current !== null && own.some(({ imageId }) => imageId !== current.id))
    return outdated('its image was built anew');
  if (role === 'one-shot') return null;
  const running = own.filter((container) => container.running).length;
  if (running === 0) return missing(`it is ${own[0]?.state ?? 'down'}`);
  // More than the spec says is somebody's wish: `docker compose up --scale`.
  return running < replicas ? missing(`${running} of ${replicas} replicas run`) : null;
}

/** The hash of each service, of the files as they should be: those on the disk may be stale. */
async function wantedHashes(
  io: Io,
  home: string,
  { cluster }: Wanted,
  override: HostOverride,
): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-diff-'));
  try {
    await writeFiles(folder, [...render(cluster, [targets.compose]).files, ...override.files]);
    const files = [
      'compose/compose.yaml',
      ...override.files.map(({ path }) => path).filter((path) => path.endsWith('.host.yaml')),
    ];
    const port = Number(new URL(await urlOf(io)).port) || cluster.orchestrator.port;
    const environment = { ...composeEnvironment(io, home, port, override), COMPOSE_PROJECT_NAME: projectOf(io) };
    const command = composeHashes(
      files.map((file) => join(folder, file)),
      join(io.root, 'compose'),
    );
    const { stdout } = await runOrFail(io, command, environment);
    return new Map(
      stdout
        .trim()
        .split('\n')
        .map((line): [string, string] => {
          const [name = '', hash = ''] = line.split(' ');
          return [name, hash];
        }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
