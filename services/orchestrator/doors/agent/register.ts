// What happens when an agent registers? It gets to know its name, its token and which of its leases still hold.
import { isDeepStrictEqual } from 'node:util';
import { agentPaths, Register, type Registered } from '../../../protocol/index.ts';
import { formatFence, type Lease, parseFence, type Worker } from '../../../scheduling/index.ts';
import type { WorkerClass } from '../../settings.ts';
import { newToken, tokenHash } from '../../tokens.ts';
import type { House } from '../door.ts';
import { checked } from '../json.ts';
import { accepted, Refused } from '../refused.ts';
import type { App, HttpRequest } from '../server.ts';
import { newWorker } from '../workers.ts';
import { callingWorker } from './caller.ts';
import { membershipOf } from './members.ts';

type Identity = {
  readonly worker: Worker;
  /** The row is new, or not as it was. */
  readonly isChanged: boolean;
  /** Null when the agent came with a token of its own. */
  readonly token: string | null;
};

/** The labels of a class may have changed since the record was made. */
const withLabels = (record: Worker, workerClass: WorkerClass): Pick<Identity, 'worker' | 'isChanged'> => ({
  worker: { ...record, adminLabels: workerClass.labels },
  isChanged: !isDeepStrictEqual(record.adminLabels, workerClass.labels),
});

const joinClass = (house: House, workerClass: WorkerClass, register: Register): Identity => {
  if (register.class !== null && register.class !== workerClass.name)
    throw new Refused(403, 'forbidden', `this secret belongs to the class ${workerClass.name}, not ${register.class}`);
  const state = house.conductor.state();
  const membership = membershipOf(state, house.classes, workerClass, register);
  if (membership.record) return { ...withLabels(membership.record, workerClass), token: newToken('wt') };
  const facts = { name: membership.name, class: workerClass.name, adminLabels: workerClass.labels };
  return { ...newWorker(facts, house.conductor.now().wall), isChanged: true };
};

const identify = (house: House, request: HttpRequest, register: Register): Identity => {
  if (request.caller?.kind === 'class') return joinClass(house, request.caller.class, register);
  const worker = callingWorker(house, request);
  const workerClass = house.classes.find(({ name }) => name === worker.class);
  return { ...(workerClass ? withLabels(worker, workerClass) : { worker, isChanged: false }), token: null };
};

export const registerRoute = (app: App, house: House): void => {
  const { conductor } = house;
  app.post(agentPaths.register, { config: { access: 'register' } }, async (request): Promise<Registered> => {
    const body = checked(Register, request.body);
    const { worker, isChanged, token } = identify(house, request, body);
    // Both events are decided before anything is awaited: two members that come together get two records.
    const created = isChanged ? conductor.run({ type: 'create_worker', worker }) : null;
    const registered = conductor.run({
      type: 'register',
      workerId: worker.id,
      session: body.session,
      facts: {
        kind: 'muster',
        instance: body.instance,
        reportedLabels: body.labels,
        capacity: body.capacity,
        isolation: body.isolation,
        version: body.version,
        ...(token === null ? {} : { tokenHash: tokenHash(token) }),
      },
      claims: body.claims.map(({ job, fence }): Lease => ({ jobId: job, fence: parseFence(fence) })),
    });
    const [, reply] = await Promise.all([created, registered]);
    const answer = accepted(reply);
    if (!('type' in answer) || answer.type !== 'registered') throw new Error('register was not answered as such');
    const names = (leases: readonly Lease[]) =>
      leases.map(({ jobId, fence }) => ({ job: jobId, fence: formatFence(fence) }));
    const { heartbeatMs, ttlMs, marginMs } = conductor.times;
    return {
      workerId: worker.id,
      name: worker.name,
      token,
      heartbeatMs,
      ttlMs,
      marginMs,
      resume: names(answer.resume),
      abandon: names(answer.abandon),
      draining: conductor.state().workers.get(worker.id)?.draining ?? false,
    };
  });
};
