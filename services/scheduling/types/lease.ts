// How is a lease named?

/** Raised durably at each start (epoch) and each offer (counter); compared as a pair, epoch first. */
export type Fence = { readonly epoch: number; readonly counter: number };

export type Lease = { readonly jobId: string; readonly fence: Fence };
