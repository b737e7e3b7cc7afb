// What can Prometheus read here? Everything that is counted, and the route that shows it.
import type { House } from '../door.ts';
import type { App } from '../server.ts';
import { createInstruments } from './instruments.ts';
import { type JobMetrics, jobMetrics } from './jobs.ts';
import { modelMetrics } from './models.ts';
import { type ServiceMetrics, serviceMetrics } from './service.ts';
import { workerMetrics } from './workers.ts';

export type Metrics = Pick<JobMetrics, 'noted'> &
  Pick<ServiceMetrics, 'batchCommitted' | 'requestAnswered'> & {
    /** The text of a scrape; what is not counted as it happens is asked of the house now. */
    readonly read: (house: House) => Promise<string>;
  };

export const createMetrics = (): Metrics => {
  const instruments = createInstruments();
  const service = serviceMetrics(instruments);
  const jobs = jobMetrics(instruments);
  const workers = workerMetrics(instruments);
  const models = modelMetrics(instruments);
  return {
    noted: jobs.noted,
    batchCommitted: service.batchCommitted,
    requestAnswered: service.requestAnswered,
    read: async (house) => {
      // First what is waited for, so that the rest is of one moment.
      await models.show(house);
      for (const each of [service, jobs, workers]) each.show(house);
      return instruments.text();
    },
  };
};

export const metricsRoutes = (app: App, house: House): void => {
  const { metrics } = house;
  app.addHook('onResponse', async (request, reply) => {
    metrics.requestAnswered(request.routeOptions.url ?? 'unknown', request.method, reply.statusCode);
  });
  app.get('/metrics', { config: { access: 'metrics' } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.read(house)),
  );
};
