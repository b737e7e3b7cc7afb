// What is done when an agent has ended? `muster-agent ended`: the end is noted, and told when it was one too many.
import { badEnd, type End } from './end-words.ts';
import { failingOf, readFailures, writeFailures } from './record.ts';
import { ended, wasWished } from './rule.ts';
import { tell } from './tell.ts';

export type Ended = {
  readonly state: string;
  /** Bad ends in a row that make it one that keeps failing. */
  readonly limit: number;
  readonly end: End;
  readonly now: () => Date;
};

export const afterEnd = async ({ end, limit, now, state }: Ended): Promise<void> => {
  const before = readFailures(state);
  const badly = badEnd(end);
  const after = ended(before, badly, now().toISOString());
  writeFailures(state, after);
  const failing = failingOf(state, after, limit);
  // Stopped by somebody it does not keep failing just now; started again it says so until it is well.
  if (failing !== null) await tell(state, wasWished(before, badly) ? null : failing);
};
