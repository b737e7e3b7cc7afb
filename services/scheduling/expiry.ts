// What has run out of time, and may we believe it? Starts, ticks and the mass-loss brake (I6, I12).
import type { Draft } from './draft.ts';
import { backOff, endAttempt } from './leases.ts';
import { advance, renewTimes } from './rollout.ts';
import type { Decision, Job, Session, Worker } from './types.ts';
import { absent, goOffline } from './workers.ts';

export const brakes = {
  /** A gap between our own ticks that counts as a stall of ours. */
  stallMs: 2_000,
  workers: 5,
  share: 0.3,
  longestMs: 300_000,
  /** Share of the fleet that may expire in one ttl once the brake has held for its longest. */
  releaseShare: 0.1,
  /** An offline member of a class is forgotten after this long; it may come back by the class's secret. */
  forgetMs: 600_000,
} as const;

/** Our own start: nobody is connected, nothing expires before ttl + grace. */
export function start(draft: Draft): Decision {
  draft.raiseEpoch();
  const { mono, wall } = draft.now;
  for (const worker of draft.state.workers.values()) {
    draft.putSession(worker.id, absent(mono));
    for (const jobId of draft.held(worker.id)) {
      draft.setDeadline(jobId, mono + draft.times.ttlMs + draft.times.graceMs);
    }
  }
  renewTimes(draft, null);
  draft.ticked();
  draft.audit('orchestrator.started', 'orchestrator', { wall });
  return draft.done();
}

export function tick(draft: Draft): Decision {
  const gapMs = draft.state.lastTick === null ? 0 : draft.now.mono - draft.state.lastTick;
  draft.ticked();
  const forgivenMs = gapMs > brakes.stallMs ? gapMs : 0;
  if (forgivenMs > 0) forgive(draft, forgivenMs);
  let allowance = lossAllowance(draft);
  for (const [jobId, at] of draft.state.deadlines) {
    if (at + forgivenMs > draft.now.mono) continue;
    const job = draft.job(jobId) as Job;
    if (job.state === 'offered') {
      backOff(draft, job.attempts.at(-1)?.workerId ?? '');
      endAttempt(draft, job, { cause: 'not_accepted', exitCode: null, detail: 'the offer was not taken', outputs: [] });
    } else if (job.state === 'running' && allowance > 0) {
      allowance--;
      const detail = `no heartbeat for ${Math.round((draft.times.ttlMs + draft.times.graceMs) / 1000)} s`;
      endAttempt(draft, job, { cause: 'worker_lost', exitCode: null, detail, outputs: [] });
    }
  }
  if (allowance > 0) expireSessions(draft);
  advance(draft);
  return draft.done();
}

/** While we stood still nobody could reach us: the gap is added to every deadline. */
function forgive(draft: Draft, gapMs: number): void {
  for (const [jobId, at] of draft.state.deadlines) draft.setDeadline(jobId, at + gapMs);
  for (const [workerId, session] of draft.state.sessions) {
    draft.putSession(workerId, { ...session, lastSeen: session.lastSeen + gapMs });
  }
  renewTimes(draft, gapMs);
  draft.effect({
    type: 'alert',
    message: `stood still for ${Math.round(gapMs / 1000)} s; every deadline moves by as much`,
  });
}

const silentMs = (draft: Draft, session: Session): number => draft.now.mono - session.lastSeen;

/** How many leases may be given up in this tick: none while the brake holds. */
function lossAllowance(draft: Draft): number {
  const live = [...draft.state.sessions.keys()]
    .map((id) => draft.session(id) as Session)
    .filter((session) => !session.left);
  const silent = live.filter((session) => silentMs(draft, session) > draft.times.ttlMs).length;
  const massLoss = silent >= brakes.workers && silent >= brakes.share * live.length;
  const { mono } = draft.now;
  const brake = draft.brake;
  if (!massLoss) {
    if (brake) draft.setBrake(null);
    return Number.POSITIVE_INFINITY;
  }
  if (!brake) {
    const reason = `${silent} of ${live.length} workers fell silent at once`;
    draft.setBrake({ since: mono, until: mono + brakes.longestMs, reason });
    draft.effect({ type: 'alert', message: `${reason}; no lease expires for now` });
    draft.audit('brake.set', 'orchestrator', { silent, live: live.length });
    return 0;
  }
  if (mono < brake.until) return 0;
  draft.setBrake({ ...brake, until: mono + draft.times.ttlMs });
  return Math.max(1, Math.floor(live.length * brakes.releaseShare));
}

/** It, or another one in its place, may come by the secret of its class; who was invited has no other way back. */
const isReplaceable = ({ class: className, draining, inviteId }: Worker): boolean =>
  className !== null && inviteId === undefined && !draining;

function expireSessions(draft: Draft): void {
  for (const workerId of draft.state.sessions.keys()) {
    const session = draft.session(workerId) as Session;
    const worker = draft.worker(workerId);
    if (!worker) continue;
    const silent = silentMs(draft, session);
    if (!session.left && silent >= draft.times.ttlMs + draft.times.graceMs) {
      goOffline(draft, workerId, session);
      draft.audit('worker.offline', workerId);
    } else if (session.left && silent > brakes.forgetMs && session.failing !== null) {
      // Nobody tries to come back any more: the host itself is gone.
      draft.putSession(workerId, { ...session, failing: null });
    } else if (session.left && silent > brakes.forgetMs && isReplaceable(worker)) {
      if (draft.held(workerId).size > 0) continue;
      draft.removeWorker(workerId);
      draft.audit('worker.forgotten', workerId, { name: worker.name });
    }
  }
}
