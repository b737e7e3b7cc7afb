// Where is it noted how an agent ended? In its state folder, which the next start and the watcher of its unit read.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failingLimits } from '../../protocol/failing-limits.ts';
import type { Failing } from '../../protocol/index.ts';
import { harmless } from './harmless.ts';
import { readLastWords } from './last-words.ts';
import { type Failures, noFailures } from './rule.ts';

const fileIn = (state: string): string => join(state, 'failures.json');

/** No failures when there is no record, or a power cut left half of one. */
export const readFailures = (state: string): Failures => {
  try {
    return { ...noFailures, ...(JSON.parse(readFileSync(fileIn(state), 'utf8')) as Failures) };
  } catch {
    return noFailures;
  }
};

/** At once and without fsync: a signal may leave no time, and what a power cut takes does not count. */
export const writeFailures = (state: string, failures: Failures): void => {
  const file = fileIn(state);
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(failures)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // A full disk: the work goes on, and this end may go uncounted.
  }
};

/** What the orchestrator is told; null for an agent that ended badly fewer than `limit` times in a row. */
export const failingOf = (state: string, failures: Failures, limit: number): Failing | null => {
  const { count, reason, since } = failures;
  if (count < limit || since === null) return null;
  return {
    count: Math.min(count, failingLimits.count),
    since,
    reason: harmless(reason, failingLimits.reason),
    lines: readLastWords(state),
  };
};
