// Which worker's agent is renewed next, and how far are the others? One step, taken at each tick.
import type { Draft } from './draft.ts';
import { isEmpty, isHere, step } from './rollout-member.ts';
import type { Member, Rollout, State } from './types.ts';

const share = 5;

const inUpdate = ({ state }: Member): boolean => state === 'emptying' || state === 'switching' || state === 'proving';

/** How many are renewed at once: one of five, and never none. */
export const mostAtOnce = ({ members }: Rollout): number =>
  Math.max(1, Math.floor(members.filter(({ state }) => state !== 'skipped').length / share));

/** Workers that get no job now, because their agent is being renewed. */
export const reserved = ({ rollout }: State): ReadonlySet<string> =>
  new Set(rollout?.members.filter(inUpdate).map(({ workerId }) => workerId));

/** What this worker is to be told with its heartbeat. */
export const wishFor = ({ rollout }: State, workerId: string): Rollout | null =>
  rollout?.members.some((member) => member.workerId === workerId && member.state === 'switching') ? rollout : null;

/** All monotonic times begin anew with the orchestrator; `gapMs` is what it stood still. */
export function renewTimes(draft: Draft, gapMs: number | null): void {
  const { rollout } = draft;
  if (!rollout?.members.some(inUpdate)) return;
  const { mono } = draft.now;
  const moved = (at: number): number => (gapMs === null ? mono : at + gapMs);
  const members = rollout.members.map((member) =>
    inUpdate(member)
      ? {
          ...member,
          since: moved(member.since),
          toldAt: moved(member.toldAt),
          awaySince: member.awaySince === null ? null : moved(member.awaySince),
        }
      : member,
  );
  draft.setRollout({ ...rollout, members });
}

/** Takes every member as far as it can go, then lets others begin. Nothing is written when nothing changed. */
export function advance(draft: Draft): void {
  const before = draft.rollout;
  if (!before) return;
  const moved = before.members.map((member) => step(draft, before, member));
  let rollout: Rollout = { ...before, members: moved };
  rollout = halted(draft, rollout);
  if (rollout.phase !== 'halted') rollout = begun(draft, rollout);
  const isSame = rollout.members.every((member, index) => member === before.members[index]);
  if (isSame && rollout.phase === before.phase) return;
  for (const [index, member] of rollout.members.entries()) {
    const was = before.members[index]?.state;
    if (was === member.state) continue;
    draft.audit(`update.${member.state}`, member.workerId, { number: rollout.release.number, why: member.why });
    if (member.state === 'switching') tell(draft, member);
  }
  if (rollout.phase !== before.phase) draft.audit(`update.${rollout.phase}`, rollout.id, { why: rollout.why });
  draft.setRollout(rollout);
}

/** What it said of an earlier try counts no more. */
function tell(draft: Draft, { workerId }: Member): void {
  const worker = draft.worker(workerId);
  if (worker?.program) draft.putWorker({ ...worker, program: { ...worker.program, failed: null } });
  const session = draft.session(workerId);
  if (session) draft.effect({ type: 'update', workerId, session: session.id });
}

/** The first that fails ends it: nobody else begins. Those that were told are followed to their end. */
function halted(draft: Draft, rollout: Rollout): Rollout {
  const failed = rollout.members.find(({ state }) => state === 'failed');
  const canary = rollout.members.find(({ workerId }) => workerId === rollout.canary);
  const why = failed
    ? `${failed.name}: ${failed.why}`
    : canary?.state === 'skipped'
      ? `${canary.name}, the canary: ${canary.why}`
      : null;
  if (why === null || rollout.phase === 'halted') return rollout;
  draft.effect({ type: 'alert', message: `the update to ${rollout.release.version} halted: ${why}` });
  return halt(rollout, why);
}

export const halt = (rollout: Rollout, why: string): Rollout => ({
  ...rollout,
  ...{ phase: 'halted', why },
  members: rollout.members.map((member) =>
    member.state === 'waiting' || member.state === 'emptying'
      ? { ...member, state: 'skipped', why: 'the update halted before its turn' }
      : member,
  ),
});

/** A class that has no renewed worker yet proves itself on one, before others follow. */
function begun(draft: Draft, rollout: Rollout): Rollout {
  const members = [...rollout.members];
  const isReady = (member: Member): boolean =>
    member.state === 'waiting' &&
    isHere(draft, member.workerId) &&
    draft.worker(member.workerId)?.program !== undefined;
  const classes = (those: (member: Member) => boolean) => new Set(members.filter(those).map((member) => member.class));
  const proven = classes(({ state }) => state === 'done');
  const tried = classes(inUpdate);
  const first = members.find(({ workerId }) => workerId === rollout.canary);
  const unproven = (member: Member): boolean => !proven.has(member.class) && (isReady(member) || inUpdate(member));
  const isCanaryTime = first ? first.state !== 'done' : members.some(unproven);
  const rank = (member: Member): string => `${isEmpty(draft, member.workerId) ? 0 : 1} ${member.name}`;
  const candidates = members
    .filter((member) => isReady(member) && (!isCanaryTime || (first ? member === first : unproven(member))))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const most = mostAtOnce(rollout);
  let count = members.filter(inUpdate).length;
  for (const next of candidates) {
    if (count >= most) break;
    if (!proven.has(next.class) && tried.has(next.class)) continue;
    tried.add(next.class);
    count += 1;
    const state = isEmpty(draft, next.workerId) ? 'switching' : 'emptying';
    const { mono } = draft.now;
    members[members.indexOf(next)] = { ...next, state, since: mono, toldAt: mono, awaySince: null };
  }
  const isOver = !members.some((member) => inUpdate(member) || isReady(member)) && !(first && isCanaryTime);
  return { ...rollout, members, phase: isOver ? 'done' : isCanaryTime ? 'canary' : 'rolling' };
}
