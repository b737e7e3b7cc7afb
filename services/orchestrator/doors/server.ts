// How does the HTTP server behave before any route runs? The only file that knows fastify.
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
  LogController,
} from 'fastify';
import type { Caller } from '../credentials.ts';
import type { Tls } from '../tls/index.ts';
import { parseJson } from './json.ts';
import { Refused, refusalBody } from './refused.ts';

export type App = FastifyInstance;
export type HttpRequest = FastifyRequest;
export type HttpReply = FastifyReply;

/** Who may call a route. A route that does not say so is for the admin. */
export type Access = 'open' | 'admin' | 'metrics' | 'register' | 'worker' | 'join' | 'download' | 'compatible';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Set by the auth hook on every route that is not open. */
    caller: Caller | null;
  }
}

export type Logger = {
  readonly info: (facts: object, message: string) => void;
  readonly warn: (facts: object, message: string) => void;
  readonly error: (facts: object, message: string) => void;
  readonly debug: (facts: object, message: string) => void;
};

const jsonBytes = 1024 * 1024;
export const batchBytes = 8 * 1024 * 1024;
/** A body must arrive whole within this time; uploads only have to keep moving. */
const bodyMs = 30_000;
const uploadIdleMs = 60_000;

/** Node's own limit would cut long uploads; bodies are timed below instead. */
const requestTimeout = 0;
const keepAliveTimeout = 75_000;
const http = { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 };

/**
 * A server, with TLS unless `tls` is null, that answers 503 once `isStopping`; it logs JSON on stdout, without any
 * credential.
 */
export const createApp = (logLevel: string, isStopping: () => boolean, tls: Tls | null = null): App => {
  const serverFactory: FastifyServerFactory | undefined = tls
    ? (listener) => tls.create({ ...http, requestTimeout, keepAliveTimeout }, listener)
    : undefined;
  const app = fastify({
    logger: {
      level: logLevel,
      redact: ['req.headers.authorization', 'req.headers["x-worker-token"]', 'req.headers["x-api-key"]'],
    },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: jsonBytes,
    requestTimeout,
    keepAliveTimeout,
    http,
    ...(serverFactory && { serverFactory }),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 1100 },
    exposeHeadRoutes: false,
    // A path that cannot be decoded reaches no route and no error handler.
    frameworkErrors: (error, _request, reply) => {
      const refused = new Refused(error.statusCode ?? 400, 'bad_request', error.message);
      void (reply as unknown as HttpReply).code(refused.status).send(refusalBody(refused));
    },
    forceCloseConnections: true,
  });
  app.server.maxConnections = 20_000;
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async () => {
    if (isStopping())
      throw new Refused(503, 'stopping', 'the orchestrator is stopping', { headers: { 'retry-after': '2' } });
  });
  return app;
};

/** Bodies of these routes are JSON, whatever their content type says (a plain `curl -d` works). */
export const takeJson = (scope: App): void => {
  scope.addHook('onRequest', async ({ raw }) => {
    if (raw.headers['content-length'] === undefined && raw.headers['transfer-encoding'] === undefined) return;
    const late = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, bodyMs).unref();
    raw.once('end', () => clearTimeout(late)).once('close', () => clearTimeout(late));
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, async (_request: HttpRequest, text: string) =>
    parseJson(text),
  );
};

/** Bodies of these routes are streams of bytes, handed on unread. */
export const takeBytes = (scope: App): void => {
  scope.addHook('onRequest', async (request) => {
    request.raw.setTimeout(uploadIdleMs, () => request.raw.destroy());
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (_request: HttpRequest, bytes: NodeJS.ReadableStream) => bytes);
};
