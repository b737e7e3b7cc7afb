// What follows when an agent says that it keeps failing, or does no longer?
import type { Draft } from './draft.ts';
import type { Decision, EventOf } from './types.ts';
import { absent } from './workers.ts';

/** Kept beside the session, in memory: the agent counts, and says it again to an orchestrator that started anew. */
export function failing(draft: Draft, event: EventOf<'failing'>): Decision {
  const { workerId, failing: now } = event;
  if (!draft.worker(workerId)) return draft.refuse('unknown_worker', `there is no worker ${workerId}`, workerId);
  const { mono, wall } = draft.now;
  const session = draft.session(workerId) ?? absent(mono);
  // Its host lives: a member of a class is not forgotten while it tries to come back.
  draft.putSession(workerId, { ...session, failing: now, lastSeen: mono, lastSeenAt: wall });
  if (now !== null && session.failing === null)
    draft.audit('worker.failing', workerId, { count: now.count, reason: now.reason });
  if (now === null && session.failing !== null) draft.audit('worker.recovered', workerId);
  return draft.done();
}
