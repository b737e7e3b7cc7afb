// How does ROCm count and name the GPUs of AMD? By the kernel's topology of compute nodes.
//
// `topology/nodes/N/properties` holds lines of `key value`, in decimal. ROCR-Runtime (amd_filter_device.cpp) counts the
// nodes that have SIMD units, in order, and names those with a unique id `GPU-` and sixteen hex digits.
import { join } from 'node:path';
import { names, textIn } from './drm.ts';

export type ComputeNode = {
  /** For ROCR_VISIBLE_DEVICES. */
  readonly handle: string;
  /** Such as gfx1100; null where the kernel does not say. */
  readonly arch: string | null;
};

/** 90010 is gfx90a: the major version in decimal, minor and stepping as one hex digit each. */
export const gfxName = (version: number): string | null => {
  if (!(version > 0)) return null;
  const [major, minor, step] = [Math.floor(version / 10_000), Math.floor(version / 100) % 100, version % 100];
  return `gfx${major}${minor.toString(16)}${step.toString(16)}`;
};

/** By the number of the render node: 128 for /dev/dri/renderD128. */
export const computeNodes = (root: string): ReadonlyMap<number, ComputeNode> => {
  const folder = join(root, 'sys/class/kfd/kfd/topology/nodes');
  const found = new Map<number, ComputeNode>();
  let rank = 0;
  for (const name of names(folder).toSorted((a, b) => Number(a) - Number(b))) {
    const lines = (textIn(folder, name, 'properties') ?? '').split('\n').map((line) => line.split(' '));
    const properties = new Map(lines.map(([key = '', value = '']) => [key, value]));
    if (!(Number(properties.get('simd_count')) > 0)) continue;
    const id = BigInt(/^\d+$/.exec(properties.get('unique_id') ?? '')?.[0] ?? 0);
    const handle = id === 0n ? String(rank) : `GPU-${id.toString(16).padStart(16, '0')}`;
    const arch = gfxName(Number(properties.get('gfx_target_version')));
    found.set(Number(properties.get('drm_render_minor')), { handle, arch });
    rank++;
  }
  return found;
};
