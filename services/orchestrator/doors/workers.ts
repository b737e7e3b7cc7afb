// How does an admin create, list, show, drain and remove workers?
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { apiPaths, WorkerCreate, type WorkerCreated, type WorkerList, type WorkerView } from '../../protocol/index.ts';
import { type Worker, workerView } from '../../scheduling/index.ts';
import { newToken, tokenHash } from '../tokens.ts';
import type { House } from './door.ts';
import { checked } from './json.ts';
import { accepted, Refused } from './refused.ts';
import type { App } from './server.ts';

/** A worker that has not been seen yet. */
export const unseenWorker = (
  facts: Pick<Worker, 'name' | 'class' | 'adminLabels' | 'tokenHash'>,
  wall: number,
): Worker => ({
  id: `w_${randomBytes(8).toString('hex')}`,
  ...facts,
  kind: 'muster',
  instance: null,
  reportedLabels: {},
  draining: false,
  capacity: null,
  isolation: null,
  version: null,
  createdAt: wall,
});

/** Such a worker, with a token that only its creator learns. */
export const newWorker = (
  facts: Pick<Worker, 'name' | 'class' | 'adminLabels'>,
  wall: number,
): { readonly worker: Worker; readonly token: string } => {
  const token = newToken('wt');
  return { worker: unseenWorker({ ...facts, tokenHash: tokenHash(token) }, wall), token };
};

const findWorker = (house: House, idOrName: string): Worker => {
  const { workers } = house.conductor.state();
  const found = workers.get(idOrName) ?? [...workers.values()].find((worker) => worker.name === idOrName);
  if (!found) throw new Refused(404, 'unknown_worker', `there is no worker ${idOrName}`);
  return found;
};

const viewOf = (house: House, worker: Worker): WorkerView =>
  workerView(house.conductor.state(), worker, house.observed.load(worker.id));

const RemoveQuery = z.strictObject({ force: z.enum(['true', 'false', '1', '0']).default('false') });

type OneWorker = { Params: { worker: string } };

export const workerRoutes = (app: App, house: House): void => {
  const { conductor } = house;
  const one = `${apiPaths.workers}/:worker`;

  app.get(apiPaths.workers, async (): Promise<WorkerList> => {
    const workers = [...conductor.state().workers.values()].map((worker) => viewOf(house, worker));
    return { workers: workers.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  });

  app.post(apiPaths.workers, async (request, reply) => {
    const { name, labels } = checked(WorkerCreate, request.body);
    const isTaken = [...conductor.state().workers.values()].some((worker) => worker.name === name);
    if (isTaken)
      throw new Refused(409, 'name_taken', `there is a worker named ${name}; remove it or choose another name`);
    const { worker, token } = newWorker({ name, class: null, adminLabels: labels }, conductor.now().wall);
    accepted(await conductor.run({ type: 'create_worker', worker }));
    return reply.code(201).send({ id: worker.id, name, token } satisfies WorkerCreated);
  });

  app.get<OneWorker>(one, async (request) => viewOf(house, findWorker(house, request.params.worker)));

  app.delete<OneWorker>(one, async (request, reply) => {
    const { id } = findWorker(house, request.params.worker);
    const force = ['true', '1'].includes(checked(RemoveQuery, request.query).force);
    accepted(await conductor.run({ type: 'remove_worker', workerId: id, force }));
    house.observed.forgetWorker(id);
    return reply.code(204).send();
  });

  const drain = (draining: boolean) => async (request: { params: { worker: string } }) => {
    const { id } = findWorker(house, request.params.worker);
    accepted(await conductor.run({ type: 'drain', workerId: id, draining }));
    return viewOf(house, findWorker(house, id));
  };
  app.post<OneWorker>(`${one}/drain`, drain(true));
  app.delete<OneWorker>(`${one}/drain`, drain(false));
};
