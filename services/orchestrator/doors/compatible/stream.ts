// How does an existing SimpleTuner worker listen? (worker-protocol 2.2 and 3)
import type { WorkerStream } from '../../streams.ts';
import type { House } from '../door.ts';
import { openEventStream } from '../event-stream.ts';
import type { App } from '../server.ts';
import { callingWorker, sameWorker, sessionOf } from './caller.ts';
import type { Grants } from './grants.ts';
import { Declined, missing } from './refusal.ts';

export const streamPath = '/api/workers/stream';

/** These clients read nothing while a job is silent. */
const maxUnreadBytes = 1024 * 1024;

export const streamRoute = (app: App, house: House, grants: Grants): void => {
  const { conductor, streams } = house;

  app.get<{ Querystring: { worker_id?: string } }>(
    streamPath,
    { config: { access: 'compatible' } },
    async (request, reply) => {
      const worker = callingWorker(house, request);
      if (request.raw.httpVersion === '1.0')
        throw new Declined(505, 'HTTP/1.1 is needed; behind nginx set proxy_http_version 1.1');
      if (request.query.worker_id === undefined) throw new Declined(422, [missing('query', 'worker_id')]);
      sameWorker(worker, request.query.worker_id);
      const { mono } = conductor.now();
      const session = sessionOf(worker);
      if (!grants.take(worker.id, mono)) throw new Declined(409, 'Register before opening the stream');
      const opened = await conductor.run({ type: 'stream', workerId: worker.id, session, open: true });
      if (!opened.ok) throw new Declined(409, 'Register before opening the stream');
      if (streams.has(worker.id) && grants.replaced(worker.id, mono))
        conductor.audit({ action: 'worker.contended', target: worker.id, outcome: 'refused', detail: {} });
      reply.hijack();
      const events = openEventStream(request.raw, reply.raw, {
        ping: { type: 'ping' },
        maxUnreadBytes,
        onClose: () => {
          if (streams.disconnect(worker.id, stream))
            void conductor.run({ type: 'stream', workerId: worker.id, session, open: false }).catch(() => {});
        },
      });
      const stream: WorkerStream = { kind: 'compatible', session, ...events };
      streams.connect(worker.id, stream);
    },
  );
};
