// What can the agent ask the orchestrator, and which answers are final?
import type { IncomingMessage } from 'node:http';
import { retryDelayMs } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { type Log, reasonOf } from '../core/log.ts';
import { type Body, type Http, type HttpRequest, readBody } from './http.ts';

export type Answer = {
  readonly status: number;
  /** The JSON body, or null. */
  readonly value: unknown;
  /** The code of a refusal such as `stale_lease`. */
  readonly code: string | null;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number | null;
};

export type Client = {
  /** Resolves with any answer; rejects when there was none. */
  call(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT',
    path: string,
    body?: unknown | Body,
    signal?: AbortSignal,
  ): Promise<Answer>;
  /**
   * Repeats until the answer is final: 2xx or a refusal that no repetition can change. Null when `signal` aborted.
   * `body` is asked for anew each time.
   */
  insist(
    method: 'HEAD' | 'POST' | 'PUT',
    path: string,
    body: () => unknown | Body,
    signal: AbortSignal,
  ): Promise<Answer | null>;
  /** Waits before the next try; at once when `signal` aborts. Resolves with the failures that count from then on. */
  pause(failures: number, signal: AbortSignal, leastMs?: number): Promise<number>;
  /** The orchestrator is back: who pauses tries again now. */
  resume(): void;
  /** The head of an answer whose body is streamed. */
  open(path: string, options: Partial<HttpRequest>): Promise<IncomingMessage>;
};

export type ClientParts = {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** The token of the moment. */
  token(): string;
  /** Runs before anything is sent: an overdue lease is fenced first (I6). */
  beforeSend(): void;
  /** The orchestrator no longer knows this session or token: register again. */
  sessionLost(): void;
};

const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && ('bytes' in value || 'stream' in value);

const asAnswer = (head: IncomingMessage, bytes: Buffer): Answer => {
  let value: unknown = null;
  try {
    if (bytes.length > 0) value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // Not ours, such as a proxy's page; the status says enough.
  }
  const error = (value as { error?: { code?: unknown } } | null)?.error;
  const seconds = Number(head.headers['retry-after']);
  return {
    status: head.statusCode ?? 0,
    value,
    code: typeof error?.code === 'string' ? error.code : null,
    retryAfterMs: seconds > 0 ? Math.min(seconds, 300) * 1000 : null,
  };
};

export const isDone = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

const mustRegister = (answer: Answer): boolean => answer.status === 401 || answer.code === 'stale_session';

const mayChange = (answer: Answer): boolean =>
  mustRegister(answer) || answer.status >= 500 || [408, 425, 429].includes(answer.status);

export const createClient = (parts: ClientParts): Client => {
  const open: Client['open'] = (path, options) => {
    parts.beforeSend();
    return parts.http.send({ method: 'GET', idleMs: 30_000, ...options, path, token: parts.token() });
  };
  const call: Client['call'] = async (method, path, body, signal) => {
    const json = body !== undefined && !isBody(body);
    const head = await open(path, {
      method,
      lane: method === 'PUT' ? 'bulk' : 'control',
      ...(body === undefined ? {} : { body: json ? { bytes: Buffer.from(JSON.stringify(body)) } : (body as Body) }),
      headers: body === undefined ? {} : { 'content-type': json ? 'application/json' : 'application/octet-stream' },
      ...(signal ? { signal } : {}),
    });
    return asAnswer(head, await readBody(head));
  };
  let back = new AbortController();
  const pause: Client['pause'] = async (failures, signal, leastMs = 0) => {
    const resumed = back.signal;
    const waitMs = Math.max(leastMs, retryDelayMs(failures, parts.random));
    await parts.clock.wait(waitMs, AbortSignal.any([signal, resumed]));
    return resumed.aborted ? 0 : failures + 1;
  };
  return {
    open,
    call,
    pause,
    resume() {
      back.abort();
      back = new AbortController();
    },
    async insist(method, path, body, signal) {
      for (let failures = 0; !signal.aborted; ) {
        let leastMs = 0;
        try {
          const answer = await call(method, path, body(), signal);
          if (!mayChange(answer)) return answer;
          if (mustRegister(answer)) parts.sessionLost();
          leastMs = answer.retryAfterMs ?? 0;
          parts.log.debug('asked again later', { path, status: answer.status, code: answer.code });
        } catch (error) {
          if (signal.aborted) return null;
          parts.log.debug('no answer', { path, reason: reasonOf(error) });
        }
        failures = await pause(failures, signal, leastMs);
      }
      return null;
    },
  };
};
