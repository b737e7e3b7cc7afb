// How does an agent answer offers, keep its leases alive, and report? One event of the scheduler each.
import {
  agentPaths,
  Heartbeat,
  type HeartbeatAnswer,
  LeaseAnswer,
  Leave,
  type OutputFile,
  Refuse,
  Report,
} from '../../../protocol/index.ts';
import { type Ending, formatFence, type Lease, parseFence, wishFor } from '../../../scheduling/index.ts';
import type { House } from '../door.ts';
import { checked } from '../json.ts';
import { accepted, invalid } from '../refused.ts';
import type { App } from '../server.ts';
import { callingWorker } from './caller.ts';

const leaseIn = ({ job, fence }: { readonly job: string; readonly fence: string }): Lease => ({
  jobId: job,
  fence: parseFence(fence),
});

/** Outputs are uploaded before the report that names them. */
const checkOutputs = async (house: House, outputs: readonly OutputFile[]): Promise<void> => {
  const problems = [];
  for (const [index, { digest, size }] of outputs.entries()) {
    const held = await house.blobs.size(digest);
    if (held !== size)
      problems.push({
        path: `outputs/${index}`,
        message: held === null ? 'upload it first' : `expected the size ${held}`,
      });
  }
  if (problems.length > 0) throw invalid(problems);
};

const endingOf = ({ state, cause, exitCode, detail, outputs }: Report): Ending | null => {
  if (state === 'running') return null;
  if (cause === null) throw invalid([{ path: 'cause', message: 'expected a cause, for the state is ended' }]);
  return { cause, exitCode, detail, outputs };
};

export const leaseRoutes = (app: App, house: House): void => {
  const { conductor, observed } = house;
  const config = { access: 'worker' as const };

  app.post(agentPaths.accept, { config }, async (request) => {
    const { id: workerId } = callingWorker(house, request);
    const body = checked(LeaseAnswer, request.body);
    accepted(await conductor.run({ type: 'accept', workerId, session: body.session, lease: leaseIn(body) }));
    return {};
  });

  app.post(agentPaths.refuse, { config }, async (request) => {
    const { id: workerId } = callingWorker(house, request);
    const { session, reason, ...lease } = checked(Refuse, request.body);
    accepted(await conductor.run({ type: 'refuse', workerId, session, lease: leaseIn(lease), reason }));
    return {};
  });

  app.post(agentPaths.heartbeat, { config }, async (request): Promise<HeartbeatAnswer> => {
    const { id: workerId, draining } = callingWorker(house, request);
    const { session, leases, load } = checked(Heartbeat, request.body);
    const reply = await conductor.run({ type: 'heartbeat', workerId, session, leases: leases.map(leaseIn) });
    const answer = accepted(reply);
    if (!('type' in answer) || answer.type !== 'renewed') throw new Error('heartbeat was not answered as such');
    observed.noteLoad(workerId, load);
    const renewed = new Set(answer.renewed.map(({ jobId }) => jobId));
    for (const { job, progress } of leases) if (renewed.has(job)) observed.noteProgress(job, progress);
    const wish = wishFor(conductor.state(), workerId);
    const names = (each: readonly Lease[]) =>
      each.map(({ jobId, fence }) => ({ job: jobId, fence: formatFence(fence) }));
    return {
      renewed: names(answer.renewed),
      abandon: names(answer.abandon),
      cancel: names(answer.cancel),
      ttlMs: conductor.times.ttlMs,
      draining,
      ...(wish && {
        update: { text: wish.text, signature: wish.signature, deadlineSeconds: wish.deadlineMs / 1000 },
      }),
    };
  });

  app.post(agentPaths.report, { config }, async (request) => {
    const { id: workerId } = callingWorker(house, request);
    const body = checked(Report, request.body);
    const ended = endingOf(body);
    await checkOutputs(house, body.outputs);
    const { session, seq } = body;
    accepted(await conductor.run({ type: 'report', workerId, session, lease: leaseIn(body), seq, ended }));
    observed.noteProgress(body.job, body.progress);
    return {};
  });

  app.post(agentPaths.leave, { config }, async (request) => {
    const { id: workerId } = callingWorker(house, request);
    const { session } = checked(Leave, request.body);
    accepted(await conductor.run({ type: 'leave', workerId, session }));
    return {};
  });
};
