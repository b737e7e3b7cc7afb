// How does one request travel to the orchestrator? node:http only: global fetch would cost 29 MB of an idle agent.
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import http from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openRoots } from './roots.ts';

export type Body = { readonly bytes: Buffer } | { readonly stream: Readable; readonly length: number };

export type HttpRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Path and query. */
  readonly path: string;
  readonly token: string;
  readonly body?: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without a byte in either direction for so long, the request fails. 0: no limit. */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
  /** `bulk` keeps files and logs from standing before a heartbeat; `own` is a connection for this request alone. */
  readonly lane?: 'control' | 'bulk' | 'own';
};

export type Http = {
  /** Resolves with the answer's head; rejects when there is none. The caller reads or destroys the body. */
  send(request: HttpRequest): Promise<IncomingMessage>;
  close(): void;
};

/** `url` may carry a path, which then stands before every route. `caFile` is pinned; with null the known roots do. */
export const createHttp = async (url: URL, caFile: string | null): Promise<Http> => {
  const roots = url.protocol === 'https:' ? openRoots(caFile, url) : null;
  // Loaded only where it is used: the TLS part costs some megabytes.
  const transport = roots ? await import('node:https') : http;
  const lanes: Record<string, Agent> = {
    control: new transport.Agent({ keepAlive: true, maxSockets: 8, timeout: 60_000 }),
    bulk: new transport.Agent({ keepAlive: true, maxSockets: 4, timeout: 60_000 }),
  };
  const before = url.pathname.replace(/\/+$/, '');

  const once = (request: HttpRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { body } = request;
      const length = body === undefined ? undefined : 'bytes' in body ? body.bytes.length : body.length;
      const sent: ClientRequest = transport.request({
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || undefined,
        method: request.method,
        path: before + request.path,
        agent: lanes[request.lane ?? 'control'] ?? false,
        ...roots?.options(),
        headers: {
          authorization: `Bearer ${request.token}`,
          ...(length === undefined ? {} : { 'content-length': length }),
          ...request.headers,
        },
        ...(request.signal ? { signal: request.signal } : {}),
      });
      sent.setTimeout(request.idleMs, () => sent.destroy(new Error(`no answer for ${request.idleMs} ms`)));
      sent.once('response', resolve);
      sent.once('error', (error) => {
        const reason = roots?.explained(error) ?? error;
        reject(Object.assign(reason, { reused: sent.reusedSocket }));
      });
      if (body !== undefined && 'stream' in body) {
        // The request reports its own failure; a failing file must end it.
        pipeline(body.stream, sent).catch((error: Error) => sent.destroy(error));
      } else sent.end(body?.bytes);
    });

  return {
    async send(request) {
      try {
        return await once(request);
      } catch (error) {
        // The server closed a kept connection just as it was used again: nothing was read, so it is sent once more.
        const stale = (error as { reused?: boolean }).reused && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        if (!stale || (request.body && 'stream' in request.body)) throw error;
        return once(request);
      }
    },
    close: () => Object.values(lanes).forEach((lane) => void lane.destroy()),
  };
};

/** The whole body, at most `limit` bytes of it. Rejects past that, and when the connection breaks. */
export const readBody = async (answer: IncomingMessage, limit = 8 * 1024 * 1024): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > limit) throw new Error(`the answer is larger than ${limit} bytes`);
  }
  return Buffer.concat(chunks);
};
