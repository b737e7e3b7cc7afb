// In which order does a test clean up? The last thing made goes first, and one failure stops no other.
import type { TestContext } from 'node:test';

type Work = () => unknown;

const stacks = new WeakMap<TestContext, Work[]>();

/** Runs `work` after the test, before all that was registered earlier. */
export const afterTest = (t: TestContext, work: Work): void => {
  const known = stacks.get(t);
  if (known) {
    known.push(work);
    return;
  }
  const stack = [work];
  stacks.set(t, stack);
  t.after(async () => {
    const failures: unknown[] = [];
    for (let next = stack.pop(); next; next = stack.pop()) {
      try {
        await next();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'the clean-up failed');
  });
};
