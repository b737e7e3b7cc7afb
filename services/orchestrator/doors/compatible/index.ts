// Front door of the compatible protocol: an unchanged SimpleTuner worker connects and shows as idle.
import { StoreFailure } from '../../store/index.ts';
import type { House } from '../door.ts';
import type { RateLimit } from '../rate-limit.ts';
import { Refused } from '../refused.ts';
import { type App, takeJson } from '../server.ts';
import { tokenWorker } from './caller.ts';
import { createGrants } from './grants.ts';
import { disconnectPath, heartbeatPath, heartbeatRoutes } from './heartbeat.ts';
import { Declined } from './refusal.ts';
import { registerPath, registerRoute } from './register.ts';
import { streamPath, streamRoute } from './stream.ts';

const methods: Readonly<Record<string, string>> = {
  [registerPath]: 'POST',
  [streamPath]: 'GET',
  [heartbeatPath]: 'POST',
  [disconnectPath]: 'POST',
};

/** The method of a compatible path that was called by another one, for 405; null for all other paths. */
export const allowedMethod = (path: string): string | null =>
  Object.hasOwn(methods, path) ? (methods[path] ?? null) : null;

const declined = (error: unknown): Declined | null => {
  if (error instanceof Declined) return error;
  if (error instanceof StoreFailure) return new Declined(503, 'Store unavailable', { 'retry-after': '10' });
  if (!(error instanceof Refused)) return null;
  if (error.status === 503) return new Declined(503, error.message, error.headers);
  const type = error.code === 'invalid_json' ? 'json_invalid' : 'value_error';
  return new Declined(422, [{ type, loc: ['body'], msg: error.message, input: null }]);
};

export const compatibleRoutes = (app: App, house: House, failedTokens: RateLimit): void => {
  app.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => {
      const status = (error as { statusCode?: number }).statusCode;
      if (status === 413) return reply.code(413).send({ detail: 'Request body too large' });
      const answer = declined(error);
      if (!answer) {
        request.log.error({ err: error }, 'a compatible route failed');
        return reply.code(500).send({ detail: 'Internal error' });
      }
      return reply.code(answer.status).headers(answer.headers).send({ detail: answer.detail });
    });
    scope.addHook('onRequest', async (request) => {
      request.caller = { kind: 'worker', workerId: tokenWorker(house, request, failedTokens).id };
    });
    takeJson(scope);
    const grants = createGrants();
    registerRoute(scope, house, grants);
    streamRoute(scope, house, grants);
    heartbeatRoutes(scope, house);
  });
};
