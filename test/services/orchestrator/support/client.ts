// How does a test speak HTTP? Real sockets, one connection a request, bodies as they come.
import { type ClientRequest, type IncomingHttpHeaders, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Readable } from 'node:stream';

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, loosely typed: the assertions say what is expected. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by the assertions
  readonly json: any;
};

export type Call = {
  readonly body?: unknown;
  readonly bytes?: Buffer | Readable;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Client = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of an orchestrator with TLS: who signed its certificate. */
  readonly ca: string | undefined;
  readonly call: (method: string, path: string, call?: Call) => Promise<Answer>;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const collected = async (message: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** One connection for this request alone, with TLS if the URL says so. */
export const requestTo = (url: string, ca: string | undefined, options: RequestOptions): ClientRequest =>
  url.startsWith('https:')
    ? tlsRequest(url, { agent: false, ...(ca === undefined ? {} : { ca }), ...options })
    : plainRequest(url, { agent: false, ...options });

export const createClient = (url: string, own: Readonly<Record<string, string>>, ca?: string): Client => {
  const call = (method: string, path: string, { body, bytes, headers = {} }: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = requestTo(`${url}${path}`, ca, { method, headers: { ...own, ...json, ...headers } });
      sent.on('error', reject);
      sent.on('response', (response) => {
        collected(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) }),
          reject,
        );
      });
      if (bytes && !Buffer.isBuffer(bytes)) bytes.pipe(sent);
      else sent.end(bytes ?? (typeof body === 'string' || body === undefined ? body : JSON.stringify(body)));
    });
  return {
    url,
    headers: own,
    ca,
    call,
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, { body, ...(headers ? { headers } : {}) }),
  };
};
