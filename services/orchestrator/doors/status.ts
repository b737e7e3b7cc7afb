// Is it alive, is it ready, and what is there in all?
import type { StatusView } from '../../protocol/index.ts';
import { type State, workerState } from '../../scheduling/index.ts';
import type { House } from './door.ts';
import type { App } from './server.ts';

const count = (words: Iterable<string>): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

export const jobCounts = (state: State): Record<string, number> =>
  count([...state.jobs.values()].map((job) => job.state));
export const workerCounts = (state: State): Record<string, number> =>
  count([...state.workers.values()].map((worker) => workerState(state, worker)));

/** `/health` and `/ready` are open; they say nothing that a stranger may not know. */
export const statusRoutes = (app: App, house: House): void => {
  const { conductor } = house;
  app.get('/health', { config: { access: 'open' } }, async () => ({ status: 'ok' }));
  app.get('/ready', { config: { access: 'open' } }, async (_request, reply) => {
    if (!conductor.trouble()) return { status: 'ready' };
    return reply.code(503).header('retry-after', '2').send({ status: 'store unavailable' });
  });
  app.get(
    '/api/v1/status',
    async (): Promise<StatusView> => ({
      version: house.version,
      startedAt: new Date(house.startedAt).toISOString(),
      jobs: jobCounts(conductor.state()),
      workers: workerCounts(conductor.state()),
    }),
  );
};
