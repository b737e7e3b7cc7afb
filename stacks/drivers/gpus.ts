// What do the engine and its machine tell about GPUs? Facts as they are found; what follows from them is decided elsewhere.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineFacts, RenderNode } from '../plans/types.ts';
import type { DockerClient } from './docker.ts';

/** What `docker info` answers, as far as it is asked; what an older engine does not know is absent. */
type Answer = {
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly Runtimes?: Readonly<Record<string, unknown>>;
  readonly SecurityOptions?: readonly string[];
  readonly CDISpecDirs?: readonly string[] | null;
  readonly DiscoveredDevices?: readonly { readonly Source: string; readonly ID: string }[] | null;
};

/** CAP_SYS_RESOURCE: without it, as in many nested machines, nobody raises a limit. */
const raisesLimits = 1n << 24n;

/** `where` tells whether the engine runs on this machine, whose devices lie below `root`. */
export async function readEngineFacts(docker: DockerClient, where: string, root = '/'): Promise<EngineFacts> {
  const info = (await docker.info()) as Answer;
  const here = where.startsWith('unix://');
  const rootless = info.SecurityOptions?.some((option) => option.includes('rootless')) === true;
  return {
    cpus: info.NCPU,
    memoryMiB: Math.floor(info.MemTotal / 2 ** 20),
    runtimes: Object.keys(info.Runtimes ?? {}).sort(),
    cdiDevices: cdiDevices(info, here).sort(),
    nvidiaCards: here ? names(join(root, 'proc/driver/nvidia/gpus')).length : null,
    kfdGroup: here ? groupOf(join(root, 'dev/kfd')) : null,
    dxg: here && groupOf(join(root, 'dev/dxg')) !== null,
    renderNodes: here ? renderNodes(root) : [],
    mayRaiseLimits: !rootless && (!here || (boundingSet(root) & raisesLimits) !== 0n),
  };
}

/** From 28.3 on the engine lists them; an older one that knows CDI says where it reads them. */
function cdiDevices({ CDISpecDirs, DiscoveredDevices }: Answer, here: boolean): string[] {
  if (DiscoveredDevices) return DiscoveredDevices.filter(({ Source }) => Source === 'cdi').map(({ ID }) => ID);
  if (!here) return [];
  const files = (CDISpecDirs ?? []).flatMap((folder) => names(folder).map((name) => join(folder, name)));
  return files.filter((file) => /\.(json|ya?ml)$/.test(file)).flatMap((file) => devicesIn(text(file)));
}

/** In YAML and in JSON alike: nothing but a device has a `name` of its own on a line. */
function devicesIn(spec: string): string[] {
  const kind = /^[\s{]*"?kind"?:\s*"?([\w./-]+)"?/m.exec(spec)?.[1];
  if (kind === undefined) return [];
  return [...spec.matchAll(/^[\s{-]*"?name"?:\s*"?([\w.:-]+)"?,?\s*$/gm)].map(([, name]) => `${kind}=${name}`);
}

function renderNodes(root: string): readonly RenderNode[] {
  return names(join(root, 'dev/dri'))
    .filter((name) => name.startsWith('renderD'))
    .sort()
    .map((name) => ({
      path: `/dev/dri/${name}`,
      vendor: text(join(root, 'sys/class/drm', name, 'device/vendor')).trim(),
      group: groupOf(join(root, 'dev/dri', name)) ?? 0,
    }));
}

/** What the first process, and so the engine, can ever be capable of. */
function boundingSet(root: string): bigint {
  const [, digits] = /^CapBnd:\s*([0-9a-f]+)$/m.exec(text(join(root, 'proc/1/status'))) ?? [];
  return digits === undefined ? raisesLimits : BigInt(`0x${digits}`);
}

function groupOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.gid ?? null;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
