// Is there a Docker engine, what does it run of ours, and which images has it? Reads only; changes go through commands.
import { existsSync } from 'node:fs';
import type { Agent } from 'node:http';
import type Docker from 'dockerode';
import { contextHost } from './docker-context.ts';
import { dialAgent } from './engine-dial.ts';

export type DockerClient = Docker;

export type Engine =
  | { readonly state: 'answers'; readonly where: string; readonly version: string; readonly docker: Docker }
  | { readonly state: 'absent' | 'forbidden'; readonly where: string; readonly why: string };

const defaultSocket = 'unix:///var/run/docker.sock';
/** The newest API that dockerode was written against; an older engine is spoken to in its own. */
const ownApiVersion = '1.44';

/** Asks the engine that DOCKER_HOST or docker's context names, else the default one; never throws for one that is not there. */
export async function findEngine(env: Readonly<Record<string, string | undefined>>): Promise<Engine> {
  const where = env.DOCKER_HOST || contextHost(env) || defaultSocket;
  // Loading the client takes a third of a second, which a machine without Docker need not spend.
  if (where.startsWith('unix://') && !existsSync(where.slice('unix://'.length))) {
    return { state: 'absent', where, why: 'no such file' };
  }
  const { default: Client } = await import('dockerode');
  try {
    const place = addressOf(where);
    const { ApiVersion, Version } = await new Client({ ...place, timeout: 5000 }).version();
    const docker = new Client({ ...place, version: `v${smallerVersion(ApiVersion, ownApiVersion)}`, timeout: 30_000 });
    return { state: 'answers', where, version: Version, docker };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return { state: 'forbidden', where, why: 'permission denied' };
    return { state: 'absent', where, why: message };
  }
}

function addressOf(where: string): Docker.DockerOptions & { readonly agent?: Agent } {
  if (where.startsWith('unix://')) return { socketPath: where.slice('unix://'.length) };
  if (where.startsWith('ssh://')) return { protocol: 'http', host: 'engine', port: 80, agent: dialAgent(where) };
  const url = new URL(where.replace(/^tcp:/, 'http:'));
  return { protocol: 'http', host: url.hostname, port: url.port || 2375 };
}

/** `1.9` is older than `1.41`: the parts are numbers. */
export function smallerVersion(a: string, b: string): string {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor < bMajor || (aMajor === bMajor && aMinor <= bMinor) ? a : b;
}

/** An image's id and the value of one of its labels; null when the engine does not have the image. */
export async function findImage(
  docker: Docker,
  reference: string,
  label: string,
): Promise<{ readonly id: string; readonly label: string | null } | null> {
  try {
    const { Id, Config } = await docker.getImage(reference).inspect();
    return { id: Id, label: Config?.Labels?.[label] ?? null };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}
