// Is the agent alive, and which leases does it renew? Told at intervals until the last result is acknowledged (I11).

import { agentPaths } from '../protocol/agent-paths.ts';
import type { HeartbeatAnswer, Load } from '../protocol/index.ts';
import type { Attempts } from './attempts.ts';
import { jitteredMs, retryDelayMs } from './core/backoff.ts';
import type { Clock } from './core/clock.ts';
import { type Log, reasonOf } from './core/log.ts';
import { type Client, isDone } from './wire/client.ts';

export type HeartbeatParts = {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly session: string;
  readonly attempts: Attempts;
  load(): Promise<Load>;
  everyMs(): number;
  answered(answer: HeartbeatAnswer): void;
  /** The orchestrator does not know this session or token any more. */
  sessionLost(): void;
};

export type Heartbeats = {
  /** Beats soon, such as after a change of progress; at most every two seconds. */
  soon(): void;
  stop(): void;
};

const soonestMs = 2000;

export const startHeartbeats = (parts: HeartbeatParts): Heartbeats => {
  const { client, clock, random, log, session, attempts } = parts;
  const stopped = new AbortController();
  let wake = new AbortController();
  let seq = 0;

  /** True when it was accepted. */
  const beat = async (): Promise<boolean> => {
    const load = await parts.load();
    // Sampling may have taken a while, or the machine slept: what is overdue is not named as if it ran.
    attempts.fenceOverdue();
    const sentAtMs = clock.nowMs();
    const body = { session, seq: seq++, leases: attempts.held(), load };
    const limit = AbortSignal.timeout(Math.max(1000, Math.min(10_000, parts.everyMs())));
    const answer = await client.call('POST', agentPaths.heartbeat, body, limit);
    if (!isDone(answer)) {
      if (answer.status === 401 || answer.status === 409) parts.sessionLost();
      log.debug('heartbeat refused', { status: answer.status, code: answer.code });
      return false;
    }
    const said = answer.value as HeartbeatAnswer;
    parts.answered(said);
    attempts.renew(said.renewed, sentAtMs);
    attempts.abandon(said.abandon);
    attempts.cancel(said.cancel);
    return true;
  };

  const run = async (): Promise<void> => {
    for (let failures = 0; !stopped.signal.aborted; ) {
      const startedMs = clock.nowMs();
      try {
        failures = (await beat()) ? 0 : failures + 1;
      } catch (error) {
        failures++;
        log.debug('heartbeat unanswered', { reason: reasonOf(error) });
      }
      const everyMs = parts.everyMs();
      const nextMs =
        failures > 0 ? Math.min(everyMs, 200 + retryDelayMs(failures, random)) : jitteredMs(everyMs, random);
      wake = new AbortController();
      await clock.wait(nextMs, AbortSignal.any([stopped.signal, wake.signal]));
      const restMs = soonestMs - (clock.nowMs() - startedMs);
      if (wake.signal.aborted && restMs > 0) await clock.wait(Math.min(restMs, nextMs), stopped.signal);
    }
  };
  void run();
  return { soon: () => wake.abort(), stop: () => stopped.abort() };
};
