// May this worker open a stream now, and do two processes share its token? (worker-protocol 2.2)

export type Grants = {
  /** A register grants one stream for 120 s. */
  readonly grant: (workerId: string, mono: number) => void;
  /** Takes the grant; false when there is none. */
  readonly take: (workerId: string, mono: number) => boolean;
  /** Notes that a live stream was replaced; true when it is the fourth time within 120 s. */
  readonly replaced: (workerId: string, mono: number) => boolean;
};

const grantMs = 120_000;
const contendedReplacements = 4;

export const createGrants = (): Grants => {
  const granted = new Map<string, number>();
  const replacements = new Map<string, number[]>();
  return {
    grant: (workerId, mono) => void granted.set(workerId, mono + grantMs),
    take: (workerId, mono) => {
      const until = granted.get(workerId);
      granted.delete(workerId);
      return until !== undefined && mono <= until;
    },
    replaced: (workerId, mono) => {
      const recent = (replacements.get(workerId) ?? []).filter((at) => mono - at < grantMs);
      recent.push(mono);
      replacements.set(workerId, recent);
      return recent.length >= contendedReplacements;
    },
  };
};
