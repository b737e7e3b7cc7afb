// Does this agent end badly again and again? The counting rule; pure.

/** One start of the agent. `counted`: its end was bad and is in the count already. */
export type Run = 'none' | 'running' | 'leaving' | 'counted';

export type Failures = {
  readonly run: Run;
  /** Which start of the machine it ran in. */
  readonly boot: string;
  /** Bad ends in a row. */
  readonly count: number;
  /** ISO time of the first of them; null while there is none. */
  readonly since: string | null;
  /** How the last of them came, one sentence. */
  readonly reason: string;
};

/** Connected for so long without a break, an agent is well, and the count begins anew. */
export const wellMs = 60_000;

export const noFailures: Failures = { run: 'none', boot: '', count: 0, since: null, reason: '' };

const counted = (before: Failures, run: Run, reason: string, at: string): Failures => ({
  ...before,
  ...{ run, reason, count: before.count + 1, since: before.since ?? at },
});

/**
 * It starts. If the one before ended without a word while the machine ran on, that was a bad end; a power cut says
 * nothing about the agent.
 */
export const started = (before: Failures, boot: string, at: string): Failures => {
  const fell = before.run === 'running' && before.boot === boot;
  const known = fell ? counted(before, 'running', 'it was killed, by hand or for lack of memory', at) : before;
  return { ...known, run: 'running', boot };
};

/** It was told to stop: whatever ends it now is no failure, and no proof that it is well. */
export const leaving = (before: Failures): Failures => ({ ...before, run: 'leaving' });

/** It gives up by itself. */
export const gaveUp = (before: Failures, reason: string, at: string): Failures =>
  counted(before, 'counted', reason, at);

/** It has ended, seen from outside. `badly` null: with exit code 0, or by the signal that asks to stop. */
export const ended = (before: Failures, badly: string | null, at: string): Failures => {
  if (badly === null || before.run === 'leaving' || before.run === 'counted') return { ...before, run: 'none' };
  return counted(before, 'none', badly, at);
};

/** Whether that end, seen from outside, is one that somebody wished. */
export const wasWished = (before: Failures, badly: string | null): boolean =>
  before.run !== 'counted' && (badly === null || before.run === 'leaving');

export const recovered = (before: Failures): Failures => ({ ...before, count: 0, since: null, reason: '' });
