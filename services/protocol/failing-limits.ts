// How much may an agent tell of its bad ends? Without schemas, so that the agent can import it and stay small.

/** Lines, and characters of each. */
export const failingLimits = { count: 1_000_000, reason: 300, lines: 20, line: 500 } as const;
