// Which services run on Docker, how are they, and where are they reached? One entry per service, its replicas counted.
import { findEngine } from '../../drivers/docker.ts';
import {
  type ComposeContainer,
  type ContainerSetup,
  containerSetup,
  type PublishedPort,
  projectContainers,
} from '../../drivers/docker-containers.ts';
import { type Model, modelsAt } from '../../drivers/ollama.ts';
import { strangerOf } from '../containers.ts';
import { projectOf } from '../place.ts';
import type { Io } from '../types.ts';
import { localStatuses } from './local.ts';

export type ServiceStatus = {
  readonly name: string;
  /** Of each container: `healthy`, `starting`, `unhealthy`, or what the engine calls it, such as `exited`. */
  readonly states: readonly string[];
  readonly image: string;
  /** The image's tag, or the start of its digest. */
  readonly version: string;
  readonly ports: readonly PublishedPort[];
  /** Of one replica, as the engine was asked for them. */
  readonly gpus: readonly string[];
};

export type ModelStatus = Model & { readonly service: string };

const ollamaPort = 11434;

/** Every service of this clone's project that should stay up; empty where none was started. */
export async function serviceStatuses(io: Io): Promise<readonly ServiceStatus[]> {
  const local = await localStatuses(io);
  if (local.length > 0) return local;
  const engine = await findEngine(io.env);
  if (engine.state !== 'answers') return [];
  const { docker } = engine;
  const containers = await projectContainers(docker, projectOf(io));
  if (containers.length === 0 || strangerOf(io.root, containers) !== null) return [];
  const setups = await Promise.all(containers.map(({ id }) => containerSetup(docker, id)));
  const all = containers.map((container, at) => ({ container, setup: setups[at] ?? { gpus: [], staysUp: true } }));
  const lasting = all.filter(({ setup }) => setup.staysUp);
  return [...new Set(lasting.map(({ container }) => container.service))].map((name) =>
    statusOf(
      name,
      lasting.filter(({ container }) => container.service === name),
    ),
  );
}

type Looked = { readonly container: ComposeContainer; readonly setup: ContainerSetup };

function statusOf(name: string, own: readonly Looked[]): ServiceStatus {
  const image = own[0]?.container.image ?? '';
  return {
    name,
    states: own.map(({ container }) => stateOf(container)),
    image,
    version: versionOf(image),
    ports: own.flatMap(({ container }) => container.ports),
    gpus: own[0]?.setup.gpus ?? [],
  };
}

export function stateOf({ health, running, state }: Pick<ComposeContainer, 'health' | 'running' | 'state'>): string {
  return running && health !== 'none' ? health : state;
}

/** `1.28.0` of `nginx:1.28.0`; of a digest the first twelve digits. */
export function versionOf(image: string): string {
  const [, digest] = /@sha256:([0-9a-f]{12})/.exec(image) ?? [];
  return digest ?? /:([^/:]+)$/.exec(image)?.[1] ?? '–';
}

/** The models of each server that has a port of this host. */
export async function modelStatuses(services: readonly ServiceStatus[]): Promise<readonly ModelStatus[]> {
  const servers = services.flatMap(({ name, ports }) =>
    ports.filter(({ container }) => container === ollamaPort).map(({ published }) => ({ name, published })),
  );
  const found = await Promise.all(
    servers.map(async ({ name, published }) =>
      ((await modelsAt(published)) ?? []).map((model) => ({ service: name, ...model })),
    ),
  );
  return found.flat();
}
