// How far is one worker of an update, by what its agent says and by whether it is there?
import { releaseId } from '../protocol/update.ts';
import type { Draft } from './draft.ts';
import type { Member, Program, Rollout } from './types.ts';

/** Beyond the agent's own deadline: the one before comes back, says why, and is heard. */
const returnMs = 60_000;
/** From being told to being done, whatever happens in between. */
const longestMs = 20 * 60_000;

/** The release that the worker is to run; undefined: there is none for its platform. */
const wantedRelease = (draft: Draft, { release }: Rollout, { workerId }: Member): string | undefined => {
  const sha256 = release.programs[draft.worker(workerId)?.program?.platform ?? '']?.sha256;
  return sha256 && releaseId(sha256);
};

export const isHere = (draft: Draft, workerId: string): boolean => {
  const session = draft.session(workerId);
  return session !== undefined && !session.left && session.streamOpen;
};

export const isEmpty = (draft: Draft, workerId: string): boolean => draft.held(workerId).size === 0;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** As far as it can go without anybody else; the same member when nothing changed. */
export function step(draft: Draft, rollout: Rollout, member: Member): Member {
  const { mono } = draft.now;
  const to = (state: Member['state'], why: string | null = null): Member => ({
    ...member,
    ...{ state, why, since: mono, awaySince: null },
  });
  if (member.state === 'done' || member.state === 'failed' || member.state === 'skipped') return member;
  const worker = draft.worker(member.workerId);
  if (!worker) return to('skipped', 'it was removed');
  const here = isHere(draft, member.workerId);
  const isRenewed = worker.program?.release != null && worker.program.release === wantedRelease(draft, rollout, member);
  if (member.state === 'waiting') {
    if (!here || !worker.program) return member;
    if (worker.program.refused !== null) return to('skipped', worker.program.refused);
    if (isRenewed) return to('done', 'it runs this release already');
    if (!wantedRelease(draft, rollout, member))
      return to('skipped', `the release has no program for ${worker.program.platform}`);
    return member;
  }
  if (member.state === 'emptying') {
    if (!here) return to('waiting');
    return isEmpty(draft, member.workerId) ? { ...to('switching'), toldAt: mono } : member;
  }
  const failed: Program['failed'] = worker.program?.failed ?? null;
  if (failed?.number === rollout.release.number) return to('failed', failed.why);
  if (mono - member.toldAt > longestMs + rollout.provingMs)
    return to('failed', `it was not done after ${seconds(longestMs)}`);
  if (!here) {
    const awaySince = member.awaySince ?? mono;
    if (mono - awaySince > rollout.deadlineMs + returnMs)
      return to('failed', `it did not come back within ${seconds(rollout.deadlineMs + returnMs)}`);
    return member.awaySince === null ? { ...member, awaySince } : member;
  }
  if (member.state === 'switching' && !isRenewed)
    return member.awaySince === null ? member : { ...member, awaySince: null };
  if (member.state === 'switching') return to('proving');
  if (!isRenewed) return to('failed', 'it came back with the release before');
  // The time of a proof begins anew after each absence.
  if (member.awaySince !== null) return to('proving');
  return mono - member.since >= rollout.provingMs ? to('done') : member;
}
