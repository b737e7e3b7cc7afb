// How does a list of invites read? One line each, with what became of it and when.
import type { InviteView } from '../../../services/protocol/index.ts';
import { formatAgo, formatDuration, plainTable } from '../text.ts';

/** `in 50 min`, `3 h ago`. */
function when({ endedAt, expiresAt, state }: InviteView, nowMs: number): string {
  if (state === 'open') return `for ${formatDuration((Date.parse(expiresAt) - nowMs) / 1000)} more`;
  return formatAgo(endedAt ?? expiresAt, nowMs);
}

export function inviteTable(invites: readonly InviteView[], nowMs: number): string {
  return plainTable(
    ['ID', 'STATE', 'WHEN', 'CLASS', 'NAME', 'WORKER'],
    invites.map((invite) => [
      invite.id,
      invite.state,
      when(invite, nowMs),
      invite.class,
      invite.name ?? '–',
      invite.worker ?? '–',
    ]),
  );
}
