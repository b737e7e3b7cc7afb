// How does time pass on an event stream? When the test says so.
import type { TestContext } from 'node:test';
import { pingMs } from '../../../../services/orchestrator/doors/event-stream.ts';
import { afterTest } from './cleanup.ts';

/** Time on the streams opened from now on passes when the test says so. */
export const streamClock = (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  // Before the orchestrator stops: its own interval is a real one.
  afterTest(t, () => t.mock.timers.reset());
  return { ping: () => t.mock.timers.tick(pingMs) };
};
