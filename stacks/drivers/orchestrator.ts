// How does a client talk to the orchestrator? REST over HTTP or TLS; nothing is held in memory that can be streamed.
import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiError } from '../../services/protocol/index.ts';
import { certificateTrouble } from './certificate-trouble.ts';
import { type Authority, callerOf } from './http-call.ts';

/** The orchestrator said no: `code` as in its answer, `problems` for each thing that is wrong with a body. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  constructor(status: number, body: string) {
    const { error } = readError(body) ?? { error: { code: `http_${status}`, message: `HTTP ${status}` } };
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.problems = error.problems ?? [];
  }
}

/** Nobody answered at `url` for as long as the client was told to try. */
export class Unreachable extends Error {
  readonly url: string;
  constructor(url: string, cause: unknown) {
    super(`no orchestrator answers at ${url}`, { cause });
    this.url = url;
  }
}

/** Somebody answers at the address, but shows no certificate that can be trusted: nothing was sent. */
export class Untrusted extends Error {}

export type Client = {
  readonly url: string;
  /** The answer's JSON; undefined for an empty one. Throws Refusal, Unreachable and Untrusted, as all of these do. */
  call<Answer>(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  /** The answer as a stream of bytes. */
  download(path: string): Promise<IncomingMessage>;
  /** Brings a file of `size` bytes there, unless it is there already. */
  uploadBlob(path: string, file: string, size: number): Promise<void>;
};

export type ClientSettings = {
  readonly url: string;
  readonly key: string;
  /** Whom to trust beside the known authorities or in their place, and how it is called in a message. */
  readonly authority?: (Authority & { readonly name: string }) | null;
  /** A restart of the orchestrator is outwaited for so long; 0 tries once. */
  readonly retryMs: number;
  /** Told once when a silence has lasted for a second. */
  readonly onWait?: () => void;
};

type Headers = Readonly<Record<string, string>>;
type Body = { readonly text: string } | { readonly file: string; readonly size: number } | null;

const retryEveryMs = 200;
/** Answers that say "later": the orchestrator starts, or its disk is busy. */
const laterStatuses = new Set([502, 503, 504]);
/** The request may have been carried out: only what may be repeated is sent again. */
const neverArrived = new Set(['ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** A client with its own connections; they do not keep the program alive. */
export function createClient({ authority, key, onWait, retryMs, url }: ClientSettings): Client {
  const send = callerOf(url, authority ?? null);
  const known = authority?.alone ? '' : ' or one that this machine knows';
  const signer = authority ? `an authority in ${authority.name}${known}` : 'an authority that this machine knows';
  let told = false;

  function once(method: string, path: string, body: Body, headers: Headers): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const length = body === null ? null : 'text' in body ? Buffer.byteLength(body.text) : body.size;
      const sent = send(method, path, {
        authorization: `Bearer ${key}`,
        ...(body && 'text' in body ? { 'content-type': 'application/json' } : {}),
        ...(body && 'file' in body ? { 'content-type': 'application/octet-stream' } : {}),
        ...(length === null ? {} : { 'content-length': String(length) }),
        ...headers,
      });
      sent.on('response', resolve);
      sent.on('error', reject);
      if (body === null) sent.end();
      else if ('text' in body) sent.end(body.text);
      else pipeline(createReadStream(body.file), sent).catch(reject);
    });
  }

  /** A successful answer with its body unread. */
  async function ask(method: string, path: string, body: Body = null, headers: Headers = {}): Promise<IncomingMessage> {
    const begun = performance.now();
    const deadline = begun + retryMs;
    const repeatable = method !== 'POST' || 'idempotency-key' in headers;
    for (;;) {
      try {
        const answer = await once(method, path, body, headers);
        const status = answer.statusCode ?? 0;
        if (status < 300) return answer;
        const text = await textOf(answer);
        if (!laterStatuses.has(status) || !repeatable || performance.now() > deadline) throw new Refusal(status, text);
      } catch (error) {
        if (error instanceof Refusal) throw error;
        const trouble = certificateTrouble(error, { url, signer, remedy: 'muster --ca FILE, or MUSTER_CA_FILE=FILE' });
        if (trouble !== null) throw new Untrusted(trouble, { cause: error });
        const { code = '' } = error as NodeJS.ErrnoException;
        const again = repeatable || neverArrived.has(code);
        if (!again || performance.now() > deadline) throw new Unreachable(url, error);
      }
      if (!told && performance.now() - begun > 1000) {
        told = true;
        onWait?.();
      }
      await sleep(retryEveryMs);
    }
  }

  return {
    url,
    async call<Answer>(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
      const answer = await ask(method, path, body === undefined ? null : { text: JSON.stringify(body) }, headers);
      const text = await textOf(answer);
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    },
    download: (path) => ask('GET', path),
    async uploadBlob(path, file, size) {
      try {
        (await ask('HEAD', path)).resume();
        return;
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 404) throw error;
      }
      (await ask('PUT', path, { file, size })).resume();
    },
  };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function readError(body: string): ApiError | null {
  try {
    const value = JSON.parse(body) as ApiError;
    return typeof value.error?.message === 'string' ? value : null;
  } catch {
    return null;
  }
}
