// What does an agent hear? Its event stream, what is still open when it connects, and the effects meant for it.
import { z } from 'zod';
import { type AgentEvents, agentPaths, type Offer, SessionId } from '../../../protocol/index.ts';
import { type Attempt, type Effect, formatFence, type Job } from '../../../scheduling/index.ts';
import type { WorkerStream } from '../../streams.ts';
import type { House } from '../door.ts';
import { openEventStream } from '../event-stream.ts';
import { checked } from '../json.ts';
import { accepted, Refused } from '../refused.ts';
import type { App } from '../server.ts';
import { callingWorker } from './caller.ts';

const maxUnreadBytes = 256 * 1024;

const SessionQuery = z.strictObject({ session: SessionId });

type Open = { readonly job: Job; readonly attempt: Attempt };

const offerOf = (house: House, { job, attempt }: Open): Offer => ({
  job: job.id,
  fence: formatFence(attempt.fence),
  acceptMs: house.conductor.times.acceptMs,
  spec: job.spec,
  gpus: [...attempt.gpus],
});

/** The leases that a worker has now, under one session. */
const openLeases = (house: House, workerId: string, session: string): Open[] => {
  const state = house.conductor.state();
  return [...(state.held.get(workerId) ?? [])].flatMap((jobId) => {
    const job = state.jobs.get(jobId);
    const attempt = job?.attempts.at(-1);
    return job && attempt?.session === session ? [{ job, attempt }] : [];
  });
};

/** Open offers that are durable: what was open before the wait, and still is after it. */
const durableOffers = async (house: House, workerId: string, session: string): Promise<Offer[]> => {
  const isOffer = ({ attempt }: Open): boolean => attempt.state === 'offered';
  const before = new Set(
    openLeases(house, workerId, session)
      .filter(isOffer)
      .map(({ attempt }) => attempt.fence),
  );
  if (before.size > 0) await house.conductor.settled();
  const after = openLeases(house, workerId, session).filter(isOffer);
  return after.filter(({ attempt }) => before.has(attempt.fence)).map((open) => offerOf(house, open));
};

const sendTo = <Name extends keyof AgentEvents>(stream: WorkerStream, event: Name, value: AgentEvents[Name]): void =>
  stream.send(event, value);

/** Carries out an effect for an agent that is connected; one that is not is told when it connects again. */
export const sendEffect = (house: House, effect: Extract<Effect, { session: string }>): void => {
  const stream = house.streams.of(effect.workerId, effect.session);
  if (!stream) return;
  if (effect.type === 'cut') stream.cut();
  else if (effect.type === 'drain') {
    if (stream.kind === 'muster') sendTo(stream, 'drain', { draining: effect.draining });
    else if (effect.draining) stream.send('drain', { type: 'drain', data: {} });
  } else if (effect.type === 'update') {
    if (stream.kind === 'muster') sendTo(stream, 'update', {});
  } else if (effect.type === 'cancel') {
    sendTo(stream, 'cancel', { job: effect.jobId, fence: formatFence(effect.fence) });
  } else {
    const job = house.conductor.state().jobs.get(effect.jobId);
    const attempt = job?.attempts.find((each) => formatFence(each.fence) === formatFence(effect.fence));
    if (job && attempt?.state === 'offered') sendTo(stream, 'offer', offerOf(house, { job, attempt }));
  }
};

export const streamRoutes = (app: App, house: House): void => {
  const { conductor, streams } = house;

  app.get(agentPaths.stream, { config: { access: 'worker' } }, async (request, reply) => {
    const { id: workerId } = callingWorker(house, request);
    const { session } = checked(SessionQuery, request.query);
    accepted(await conductor.run({ type: 'stream', workerId, session, open: true }));
    reply.hijack();
    const events = openEventStream(request.raw, reply.raw, {
      ping: {},
      maxUnreadBytes,
      onClose: () => {
        if (streams.disconnect(workerId, stream))
          void conductor.run({ type: 'stream', workerId, session, open: false }).catch(() => {});
      },
    });
    const stream: WorkerStream = { kind: 'muster', session, ...events };
    streams.connect(workerId, stream);
    for (const offer of await durableOffers(house, workerId, session)) sendTo(stream, 'offer', offer);
    for (const { job, attempt } of openLeases(house, workerId, session))
      if (job.cancelRequestedAt !== null) sendTo(stream, 'cancel', { job: job.id, fence: formatFence(attempt.fence) });
  });

  app.get(agentPaths.offers, { config: { access: 'worker' } }, async (request) => {
    const { id: workerId } = callingWorker(house, request);
    const { session } = checked(SessionQuery, request.query);
    const reply = await conductor.run({ type: 'seen', workerId, session });
    if (!reply.ok) throw new Refused(409, reply.code, reply.message);
    return { offers: await durableOffers(house, workerId, session) };
  });
};
