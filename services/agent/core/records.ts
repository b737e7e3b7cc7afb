// What does the agent keep on disk about an attempt, so that nothing is lost when it dies? (reliability b5)
import type { Cause, OutputFile } from '../../protocol/index.ts';

/** `attempt.json`, written before the start. */
export type AttemptRecord = {
  readonly job: string;
  readonly fence: string;
  /** The folder of its cgroup; null where it has none. */
  readonly cgroup: string | null;
};

/** `result.json`, written before the terminal report. */
export type ResultRecord = {
  readonly cause: Cause;
  readonly exitCode: number | null;
  readonly detail: string | null;
  readonly outputs: readonly OutputFile[];
  readonly progress: unknown;
};

/** Sorts after every report on the way, also after a restart of the agent forgot how many there were. */
export const terminalSeq = 2_147_483_647;

const parseObject = (text: string | null): Record<string, unknown> | null => {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

/** Null when the text is absent or damaged. */
export const parseAttempt = (text: string | null): AttemptRecord | null => {
  const value = parseObject(text);
  if (typeof value?.job !== 'string' || typeof value.fence !== 'string') return null;
  return {
    job: value.job,
    fence: value.fence,
    cgroup: typeof value.cgroup === 'string' ? value.cgroup : null,
  };
};

/** Null when the text is absent or damaged. */
export const parseResult = (text: string | null): ResultRecord | null => {
  const value = parseObject(text);
  return typeof value?.cause === 'string' && Array.isArray(value.outputs) ? (value as ResultRecord) : null;
};

/** At most `length` characters, as the wire allows; control characters become spaces. */
export const sentence = (text: string, length = 2000): string =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, length);
