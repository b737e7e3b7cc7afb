// How does a test speak HTTP? Real sockets, one connection a request, bodies as they come.
import { type IncomingHttpHeaders, request } from 'node:http';
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

export const createClient = (url: string, own: Readonly<Record<string, string>>): Client => {
  const call = (method: string, path: string, { body, bytes, headers = {} }: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = request(`${url}${path}`, { method, agent: false, headers: { ...own, ...json, ...headers } });
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
    call,
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, { body, ...(headers ? { headers } : {}) }),
  };
};
