// How are many equal refusals kept from filling the audit? One row in 60 s, with a count (I17).
import type { AuditEntry } from '../scheduling/index.ts';

const windowMs = 60_000;
/** Refusals that differ, remembered at most; beyond them the oldest gets a new row. */
const remembered = 1000;

/** Gives the row to write for a refusal, or null when an equal one was written less than 60 s ago. */
export const createRefusals = (): ((row: AuditEntry, mono: number) => AuditEntry | null) => {
  const seen = new Map<string, { until: number; repeated: number }>();
  return (row, mono) => {
    const key = JSON.stringify(row);
    const known = seen.get(key);
    if (known && mono < known.until) {
      known.repeated++;
      return null;
    }
    seen.delete(key);
    seen.set(key, { until: mono + windowMs, repeated: 0 });
    if (seen.size > remembered) seen.delete(seen.keys().next().value as string);
    if (!known || known.repeated === 0) return row;
    return { ...row, detail: { ...row.detail, repeatedBefore: known.repeated } };
  };
};
