// What is one GPU to the agent? Its facts and load, and how it is named where jobs look for it.
import type { GpuFacts, GpuLoad, GpuVendor } from '../../protocol/index.ts';

export type Card = Omit<GpuFacts, 'index'> &
  Omit<GpuLoad, 'index'> & {
    readonly vendor: GpuVendor;
    readonly arch: string | null;
    readonly integrated: boolean;
    /** Stays the same while the machine runs. */
    readonly key: string;
    /** The name by which its vendor's runtime selects it; null when that runtime does not know it. */
    readonly handle: string | null;
  };

/** What was found, and what stands in the way of more, one sentence each. */
export type Found = { readonly cards: readonly Card[]; readonly troubles: readonly string[] };
