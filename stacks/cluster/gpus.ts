// Which GPUs has the host, and which service gets which? Facts of the engine → units, and a share for each.
import type { Service } from '../catalog/types.ts';
import type { EngineFacts, RenderNode } from '../plans/types.ts';

/** One GPU, and how a container gets it. */
export type Gpu = {
  readonly vendor: 'NVIDIA' | 'AMD' | 'Intel';
  /** For the user: by what the container gets it. */
  readonly by: string;
  /** For a driver of the engine; null: by its device files. */
  readonly device: { readonly driver: 'cdi' | 'nvidia'; readonly id: string } | null;
  readonly files: readonly string[];
  readonly groups: readonly number[];
};

export type HostGpus = {
  readonly units: readonly Gpu[];
  /** The engine hands out NVIDIA GPUs, but nobody here can count them. */
  readonly uncounted: boolean;
  /** Windows has GPUs, which nothing hands out. */
  readonly behindWindows: boolean;
};

/** What a service gets: units, or a number of those that nobody can count. */
export type GpuShare = { readonly units: readonly Gpu[] } | { readonly uncounted: number | 'all' };

export type Allotment = {
  readonly shares: ReadonlyMap<string, GpuShare>;
  /** Services that ask for more than there are. */
  readonly lacking: readonly { readonly service: string; readonly wants: number; readonly has: number }[];
};

const vendors = { 'nvidia.com': 'NVIDIA', 'amd.com': 'AMD', 'intel.com': 'Intel' } as const;
const amd = '0x1002';
const intel = '0x8086';

/** CDI before the runtime, and both before device files: the same card must not be counted twice. */
export function gpusOf(facts: EngineFacts): HostGpus {
  const byCdi = cdiUnits(facts.cdiDevices);
  const has = (vendor: Gpu['vendor']) => byCdi.some((unit) => unit.vendor === vendor);
  const viaRuntime = !has('NVIDIA') && facts.runtimes.includes('nvidia');
  const cards = viaRuntime ? (facts.nvidiaCards ?? 0) : 0;
  const byRuntime = Array.from(
    { length: cards },
    (_, index): Gpu => ({
      vendor: 'NVIDIA',
      by: 'the runtime nvidia',
      device: { driver: 'nvidia', id: String(index) },
      files: [],
      groups: [],
    }),
  );
  const uncounted = viaRuntime && cards === 0 && (facts.nvidiaCards === null || facts.dxg);
  const kfd = facts.kfdGroup;
  const nodes = (vendor: string) => facts.renderNodes.filter((node) => node.vendor === vendor);
  const byFiles = [
    ...(kfd === null || has('AMD') ? [] : nodes(amd).map((node) => unitOf('AMD', '/dev/kfd', node, kfd))),
    ...(has('Intel') ? [] : nodes(intel).map((node) => unitOf('Intel', '/dev/dri', node, null))),
  ];
  const units = [...byCdi, ...byRuntime, ...byFiles];
  return { units, uncounted, behindWindows: facts.dxg && units.length === 0 && !uncounted };
}

/** By number where there are numbers: the same card may be listed by its identity too, and all of them as `all`. */
function cdiUnits(devices: readonly string[]): readonly Gpu[] {
  return Object.entries(vendors).flatMap(([domain, vendor]) => {
    const ids = devices.filter((id) => id.startsWith(`${domain}/gpu=`) && !id.endsWith('=all'));
    const numbered = ids.filter((id) => /=\d+(:\d+)?$/.test(id));
    return (numbered.length > 0 ? numbered : ids).map(
      (id): Gpu => ({ vendor, by: 'CDI', device: { driver: 'cdi', id }, files: [], groups: [] }),
    );
  });
}

function unitOf(vendor: Gpu['vendor'], by: string, node: RenderNode, kfdGroup: number | null): Gpu {
  const groups = kfdGroup === null ? [node.group] : [...new Set([kfdGroup, node.group])];
  return { vendor, by, device: null, files: kfdGroup === null ? [node.path] : ['/dev/kfd', node.path], groups };
}

/** `2 NVIDIA by CDI`; what was looked for, where there are none. */
export function gpusText({ behindWindows, uncounted, units }: HostGpus): string {
  const kinds = [...new Set(units.map(({ by, vendor }) => `${vendor} by ${by}`))];
  const counts = kinds.map(
    (kind) => `${units.filter(({ by, vendor }) => `${vendor} by ${by}` === kind).length} ${kind}`,
  );
  if (uncounted) counts.push('NVIDIA by the runtime nvidia');
  if (behindWindows) return 'none: there is /dev/dxg, but no NVIDIA runtime that would hand it out';
  return counts.join(', ') || 'none: no NVIDIA runtime with a card, no CDI device, no /dev/kfd, no Intel in /dev/dri';
}

/**
 * `auto` sees every GPU. A count gets GPUs that no other count has, as long as there are enough; then it shares. All
 * replicas of a service get the same.
 */
export function allot(
  services: readonly Service[],
  { uncounted, units }: Pick<HostGpus, 'uncounted' | 'units'>,
): Allotment {
  const shares = new Map<string, GpuShare>();
  const lacking: { service: string; wants: number; has: number }[] = [];
  let next = 0;
  for (const { gpus, name } of services) {
    if (gpus.kind === 'none') continue;
    const wants = gpus.kind === 'count' ? gpus.count : units.length;
    if (wants > units.length && !uncounted) lacking.push({ service: name, wants, has: units.length });
    else if (units.length === 0 && uncounted) shares.set(name, { uncounted: gpus.kind === 'auto' ? 'all' : wants });
    else if (wants > 0) {
      if (gpus.kind === 'auto') shares.set(name, { units });
      else {
        if (next + wants > units.length) next = 0;
        shares.set(name, { units: units.slice(next, next + wants) });
        next += wants;
      }
    }
  }
  return { shares, lacking };
}
