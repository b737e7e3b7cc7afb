// What does an agent say that ended badly several times in a row?
import { z } from 'zod';
import { failingLimits } from './failing-limits.ts';
import { printable } from './printable.ts';

export const Failing = z.strictObject({
  count: z.int().min(1).max(failingLimits.count).describe('Bad ends in a row.'),
  since: z.iso.datetime().describe('Of the first of them.'),
  reason: z.string().max(failingLimits.reason).regex(printable).describe('How it ended last, one sentence.'),
  lines: z
    .array(z.string().max(failingLimits.line).regex(printable))
    .max(failingLimits.lines)
    .describe('What it logged last.'),
});
export type Failing = z.infer<typeof Failing>;

/** Null: it has been well for a while, or was stopped by somebody. */
export const FailingReport = z.strictObject({ failing: Failing.nullable() });
export type FailingReport = z.infer<typeof FailingReport>;
