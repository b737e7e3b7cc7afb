// Which worker sends this request, and does it hold the lease that it names?
import { FenceText } from '../../../protocol/index.ts';
import { type Attempt, type Job, parseFence, sameFence, type Worker } from '../../../scheduling/index.ts';
import type { House } from '../door.ts';
import { checked } from '../json.ts';
import { Refused } from '../refused.ts';
import type { HttpRequest } from '../server.ts';

/** The worker whose token came; the auth hook let in no other caller. */
export const callingWorker = (house: House, request: HttpRequest): Worker => {
  const { caller } = request;
  const worker = caller?.kind === 'worker' ? house.conductor.state().workers.get(caller.workerId) : undefined;
  if (!worker) throw new Refused(401, 'unauthorized', 'this worker is gone: register again');
  return worker;
};

/** A request that its token opened is a sign of life, also where no session is named. */
const noteLife = async (house: House, workerId: string): Promise<void> => {
  const session = house.conductor.state().sessions.get(workerId);
  if (session && !session.left) await house.conductor.run({ type: 'seen', workerId, session: session.id });
};

export type HeldLease = { readonly job: Job; readonly attempt: Attempt };

/**
 * The open lease of the calling worker on `jobId` under `fence`. Another worker's job, or none, is 403; a lease that is
 * over is 409 `stale_lease`; both are audited (I4, I18).
 */
export const leaseOf = async (
  house: House,
  request: HttpRequest,
  jobId: string,
  fence: unknown,
): Promise<HeldLease> => {
  const worker = callingWorker(house, request);
  const named = parseFence(checked(FenceText, fence));
  await noteLife(house, worker.id);
  const job = house.conductor.state().jobs.get(jobId);
  const attempt = job?.attempts.find((each) => sameFence(each.fence, named) && each.workerId === worker.id);
  const isMine = job?.attempts.some((each) => each.workerId === worker.id);
  if (job && attempt && attempt.state !== 'ended') return { job, attempt };
  const refused = isMine
    ? new Refused(409, 'stale_lease', 'this lease is over')
    : new Refused(403, 'forbidden', 'this job is not one of this worker');
  house.conductor.audit({
    action: 'refused',
    target: jobId,
    outcome: 'refused',
    detail: { code: refused.code, worker: worker.id, epoch: named.epoch, counter: named.counter },
  });
  throw refused;
};
