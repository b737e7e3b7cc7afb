// What follows from an event? One pure function decides every arrow of the lease protocol.
import { dispatch } from './dispatch.ts';
import { Draft } from './draft.ts';
import { start, tick } from './expiry.ts';
import { failing } from './failing.ts';
import { createInvite, join, revokeInvite } from './invites.ts';
import { cancel, submit } from './jobs.ts';
import { accept, refuse } from './leases.ts';
import { register } from './register.ts';
import { heartbeat, report } from './reports.ts';
import type { Decision, Event, Now, State, Times } from './types.ts';
import { abortUpdate, program, startUpdate } from './updates.ts';
import { createWorker, drain, leave, removeWorker, seen, stream } from './workers.ts';

/**
 * Changes to write, effects to carry out once they are durable, and the reply to whoever caused the event.
 * `state` stays as it is; an event that is refused changes nothing but the audit.
 */
export function decide(state: State, event: Event, now: Now, times: Times): Decision {
  const draft = new Draft(state, now, times);
  switch (event.type) {
    case 'start':
      return start(draft);
    case 'tick':
      return tick(draft);
    case 'dispatch':
      return dispatch(draft);
    case 'submit':
      return submit(draft, event);
    case 'cancel':
      return cancel(draft, event);
    case 'create_worker':
      return createWorker(draft, event);
    case 'remove_worker':
      return removeWorker(draft, event);
    case 'create_invite':
      return createInvite(draft, event);
    case 'revoke_invite':
      return revokeInvite(draft, event);
    case 'join':
      return join(draft, event);
    case 'drain':
      return drain(draft, event);
    case 'register':
      return register(draft, event);
    case 'stream':
      return stream(draft, event);
    case 'seen':
      return seen(draft, event);
    case 'failing':
      return failing(draft, event);
    case 'accept':
      return accept(draft, event);
    case 'refuse':
      return refuse(draft, event);
    case 'heartbeat':
      return heartbeat(draft, event);
    case 'report':
      return report(draft, event);
    case 'program':
      return program(draft, event);
    case 'start_update':
      return startUpdate(draft, event);
    case 'abort_update':
      return abortUpdate(draft);
    case 'leave':
      return leave(draft, event);
  }
}
