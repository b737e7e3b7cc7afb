// Does this agent come back after bad ends, and is it well again? Noted while it runs, told when it is connected.
import type { Failing } from '../../protocol/index.ts';
import type { Clock } from '../core/clock.ts';
import { failingOf, readFailures, writeFailures } from './record.ts';
import { type Failures, gaveUp, leaving, recovered, started, wellMs } from './rule.ts';
import { tell } from './tell.ts';

export type Life = {
  /** It is the one agent of its folder from now on. */
  begin(): void;
  /** The stream to the orchestrator opened or broke. `say` repeats it until it is heard; never rejects. */
  connected(isOpen: boolean, say: (failing: Failing | null, until: AbortSignal) => Promise<void>): Promise<void>;
  /** It was told to stop. */
  leave(): void;
  /** It gives up by itself. Resolves when that is noted, and told if it was one time too many; never rejects. */
  giveUp(reason: string): Promise<void>;
};

export type LifeParts = {
  readonly state: string;
  readonly limit: number;
  readonly clock: Pick<Clock, 'wait'>;
  readonly now: () => Date;
  /** Id of the machine's current start. */
  readonly boot: string;
};

export const openLife = ({ boot, clock, limit, now, state }: LifeParts): Life => {
  let failures: Failures = readFailures(state);
  let hasBegun = false;
  let link = new AbortController();
  /** It is well again, and the orchestrator may not know. */
  let isOwed = false;
  const note = (next: Failures): void => {
    failures = next;
    writeFailures(state, next);
  };
  const failing = (): Failing | null => failingOf(state, failures, limit);

  return {
    begin() {
      hasBegun = true;
      note(started(failures, boot, now().toISOString()));
      // Before anything else: it may end before it is connected, and in a container nothing watches it.
      const told = failing();
      if (told !== null) void tell(state, told);
    },
    async connected(isOpen, say) {
      link.abort();
      link = new AbortController();
      const { signal } = link;
      if (!isOpen) return;
      if (failures.count > 0) {
        const told = failing();
        // An orchestrator that started anew does not know it any more.
        if (told !== null) await say(told, signal);
        await clock.wait(wellMs, signal);
        if (signal.aborted) return;
        note(recovered(failures));
        isOwed = told !== null;
      }
      if (!isOwed) return;
      await say(null, signal);
      isOwed = signal.aborted;
    },
    leave() {
      link.abort();
      if (hasBegun) note(leaving(failures));
    },
    async giveUp(reason) {
      link.abort();
      // Until then the record may be that of another agent, which runs.
      if (!hasBegun) return;
      note(gaveUp(failures, reason, now().toISOString()));
      const told = failing();
      if (told !== null) await tell(state, told);
    },
  };
};
