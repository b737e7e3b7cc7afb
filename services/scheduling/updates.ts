// Who asks for an update of the agents, who ends it, and what does an agent say of its own program?
import type { Draft } from './draft.ts';
import { currentSession, staleSession } from './leases.ts';
import { advance, halt } from './rollout.ts';
import type { Decision, EventOf } from './types.ts';

/** One after the other: two at once could both take the only good worker of a class. */
export function startUpdate(draft: Draft, { rollout }: EventOf<'start_update'>): Decision {
  const before = draft.rollout;
  if (before?.phase === 'canary' || before?.phase === 'rolling')
    return draft.refuse('update_running', 'another update is under way: wait for its end, or abort it', before.id);
  draft.setRollout(rollout);
  const { number, version } = rollout.release;
  draft.audit('update.started', rollout.id, { number, version, workers: rollout.members.length });
  advance(draft);
  return draft.done();
}

/** Those that were told go on to their end; nobody else begins. */
export function abortUpdate(draft: Draft): Decision {
  const { rollout } = draft;
  if (!rollout || rollout.phase === 'halted') return draft.done();
  draft.setRollout(halt(rollout, 'it was aborted'));
  draft.audit('update.aborted', rollout.id);
  return draft.done();
}

export function program(draft: Draft, event: EventOf<'program'>): Decision {
  const { workerId } = event;
  if (!currentSession(draft, workerId, event.session)) return staleSession(draft, workerId);
  const worker = draft.worker(workerId);
  if (!worker) return draft.refuse('unknown_worker', `there is no worker ${workerId}`, workerId);
  draft.putWorker({ ...worker, program: event.program });
  if (worker.program?.release !== event.program.release)
    draft.audit('worker.program', workerId, { release: event.program.release });
  // At once: with its next heartbeat it would be told again.
  advance(draft);
  return draft.done();
}
