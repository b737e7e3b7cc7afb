// Who may join with an invite? One machine, once and in time; it is answered the same as often as it asks.
import type { Draft } from './draft.ts';
import type { Decision, EventOf, Invite, Refusal } from './types.ts';
import { createWorker } from './workers.ts';

/** An invite that is over is remembered for so long, to say why it does not open the door. */
const rememberedMs = 30 * 86_400_000;

export type InviteState = 'open' | 'used' | 'expired' | 'revoked';

export const inviteState = ({ end, expiresAt }: Invite, wall: number): InviteState =>
  end !== null ? end.kind : wall < expiresAt ? 'open' : 'expired';

/** `base`, then `base-2`, `base-3` …: the lowest that no worker has. */
export const freeName = (base: string, names: ReadonlySet<string>): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!names.has(name)) return name;
  }
};

export function createInvite(draft: Draft, { invite }: EventOf<'create_invite'>): Decision {
  for (const { id, expiresAt } of draft.state.invites.values())
    if (draft.now.wall > expiresAt + rememberedMs) draft.putInvite(id, null);
  draft.putInvite(invite.id, invite);
  draft.audit('invite.created', invite.id, { class: invite.class, name: invite.name, expiresAt: invite.expiresAt });
  return draft.done();
}

export function revokeInvite(draft: Draft, { inviteId }: EventOf<'revoke_invite'>): Decision {
  const invite = draft.state.invites.get(inviteId);
  if (!invite) return draft.refuse('unknown_invite', `there is no invite ${inviteId}`, inviteId);
  if (invite.end?.kind === 'used')
    return draft.refuse('already_ended', 'a machine has joined with it; remove the worker instead', inviteId);
  if (invite.end === null) {
    draft.putInvite(inviteId, { ...invite, end: { kind: 'revoked', at: draft.now.wall } });
    draft.audit('invite.revoked', inviteId);
  }
  return draft.done();
}

const over: Readonly<Record<Exclude<InviteState, 'open'>, readonly [Refusal, string]>> = {
  used: ['invite_used', 'this invite was used by another machine, or its worker was removed'],
  expired: ['invite_expired', 'this invite has expired'],
  revoked: ['invite_revoked', 'this invite was revoked'],
};

/** `worker` comes with the hash of the token that the machine made; its name is decided here. */
export function join(draft: Draft, { inviteId, worker }: EventOf<'join'>): Decision {
  const { state, now } = draft;
  const invite = state.invites.get(inviteId);
  if (!invite) return draft.refuse('unknown_invite', `there is no invite ${inviteId}`, inviteId);
  if (invite.end?.kind === 'used' && invite.end.tokenHash === worker.tokenHash) {
    const joined = state.workers.get(invite.end.workerId);
    if (joined) return draft.done({ ok: true, type: 'joined', worker: joined });
  }
  const found = inviteState(invite, now.wall);
  if (found !== 'open') return draft.refuse(over[found][0], `${over[found][1]}; ask for another one`, inviteId);
  const names = new Set([...state.workers.values()].map(({ name }) => name));
  const named = { ...worker, class: invite.class, name: freeName(invite.name ?? invite.class, names), inviteId };
  draft.putInvite(inviteId, {
    ...invite,
    end: { kind: 'used', at: now.wall, workerId: named.id, tokenHash: named.tokenHash },
  });
  draft.audit('invite.used', inviteId, { worker: named.id });
  createWorker(draft, { type: 'create_worker', worker: named });
  return draft.done({ ok: true, type: 'joined', worker: named });
}
