// When is now, and how long may things take?

/** `mono`: monotonic milliseconds for deadlines. `wall`: milliseconds since 1970 for people. `random`: 0 ≤ x < 1. */
export type Now = { readonly mono: number; readonly wall: number; readonly random: number };

export type Times = {
  readonly heartbeatMs: number;
  readonly ttlMs: number;
  /** The orchestrator waits ttl + grace before it calls a lease lost. */
  readonly graceMs: number;
  /** The agent stops a job at ttl − margin. */
  readonly marginMs: number;
  /** Life of an offer; nothing renews it. */
  readonly acceptMs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
};
