// How large is what the spec leaves to the host? Facts of the host → a share for each of its consumers.
import type { Host } from './types.ts';

export type Share = { readonly cpus: number; readonly memoryMiB: number };

/** What any machine that runs a cluster can give. */
const anywhere: Share = { cpus: 2, memoryMiB: 2048 };

/** The other half is for everything that is not sized by the host: models, pages, the system. */
const shareOfHost = 0.5;
const smallest: Share = { cpus: 1, memoryMiB: 512 };

/** An equal share for each of `consumers`, in whole CPUs and 256 MiB steps; without a host one that fits anywhere. */
export function shareOf(host: Host | null, consumers: number): Share {
  if (host === null || consumers < 1) return anywhere;
  const memoryMiB = Math.floor((host.memoryMiB * shareOfHost) / consumers / 256) * 256;
  return {
    cpus: Math.max(smallest.cpus, Math.floor((host.cpus * shareOfHost) / consumers)),
    memoryMiB: Math.max(smallest.memoryMiB, memoryMiB),
  };
}
