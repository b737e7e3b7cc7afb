// Which doors does the orchestrator have, and what do they say when something is wrong?
import { StoreFailure } from '../store/index.ts';
import { agentRoutes, agentUploads } from './agent/index.ts';
import { createFailedTokens, guardRoutes } from './auth.ts';
import { allowedMethod, compatibleRoutes } from './compatible/index.ts';
import type { House } from './door.ts';
import { downloadLists, downloadRoutes } from './downloads.ts';
import { inviteRoutes } from './invites.ts';
import { blobRoutes, blobUploads, jobFileRoutes } from './job-files.ts';
import { jobRoutes } from './jobs.ts';
import { metricsRoutes } from './metrics/index.ts';
import { Refused, refusalBody, storeRefusal } from './refused.ts';
import { type Access, type App, createApp, takeBytes, takeJson } from './server.ts';
import { statusRoutes } from './status.ts';
import { updateRoutes } from './updates.ts';
import { workerRoutes } from './workers.ts';

export type RouteEntry = { readonly method: string; readonly url: string; readonly access: Access };

const refusalOf = (error: unknown): Refused | null => {
  if (error instanceof Refused) return error;
  if (error instanceof StoreFailure) return storeRefusal(error);
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message: string };
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return storeRefusal(new StoreFailure('full', `the disk under the files is full (${message})`, error));
  if (statusCode === 413) return new Refused(413, 'too_large', 'the body is larger than this route takes');
  return statusCode !== undefined && statusCode < 500 ? new Refused(statusCode, 'bad_request', message) : null;
};

const answerTrouble = (app: App): void => {
  app.setErrorHandler((error, request, reply) => {
    const refused = refusalOf(error);
    if (refused) return reply.code(refused.status).headers(refused.headers).send(refusalBody(refused));
    request.log.error({ err: error, route: request.routeOptions.url }, 'a route failed');
    const internal = new Refused(500, 'internal', 'something went wrong here; the log of the orchestrator says what');
    return reply.code(500).send(refusalBody(internal));
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const method = allowedMethod(path);
    if (method) return reply.code(405).header('allow', method).send({ detail: 'Method Not Allowed' });
    if (path.startsWith('/api/') && !path.startsWith('/api/v1')) return reply.code(404).send({ detail: 'Not Found' });
    return reply
      .code(404)
      .send(refusalBody(new Refused(404, 'unknown_route', `there is no ${request.method} ${path}`)));
  });
};

/** The server with all its routes, not listening yet, and the list of them. */
export const createDoors = (app: App, house: House): { readonly app: App; readonly routes: readonly RouteEntry[] } => {
  const routes: RouteEntry[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = (config as { access?: Access } | undefined)?.access ?? 'admin';
    for (const each of [method].flat()) routes.push({ method: each, url, access });
  });
  answerTrouble(app);
  const failedTokens = createFailedTokens();
  guardRoutes(app, house, failedTokens);
  metricsRoutes(app, house);
  downloadRoutes(app, house);
  app.register(async (scope) => {
    takeJson(scope);
    statusRoutes(scope, house);
    jobRoutes(scope, house);
    jobFileRoutes(scope, house);
    blobRoutes(scope, house);
    workerRoutes(scope, house);
    inviteRoutes(scope, house);
    downloadLists(scope, house);
    updateRoutes(scope, house);
    agentRoutes(scope, house);
  });
  app.register(async (scope) => {
    takeBytes(scope);
    blobUploads(scope, house);
    agentUploads(scope, house);
  });
  compatibleRoutes(app, house, failedTokens);
  return { app, routes };
};

export { createApp };
