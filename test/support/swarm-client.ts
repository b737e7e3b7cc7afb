// How does a client ask a swarm that is being updated? Any node, again and again, until somebody answers or 30 s are over.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeAddress } from './swarm-lab.ts';

export type Ask = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  /** May be sent again after it was sent; a POST only with a key that says it is the same. */
  readonly repeatable: boolean;
  /** Whose answer it is, beyond the proxy. */
  readonly of: 'proxy' | 'orchestrator' | 'ollama';
  /** Told the body of an answer with 2xx. */
  readonly heard?: (text: string) => void;
};

export type Told = { readonly status: number; readonly text: string; readonly retries: number };

/** The client gave up: `why` is the last thing it heard. */
export class GaveUp extends Error {}

const patienceMs = 30_000;
const retryEveryMs = 400;
const connectMs = 1500;
const answerMs = 20_000;
/** Answers that say "later", as in the client of the command line. */
const laterStatuses = new Set([502, 503, 504]);
const neverArrived = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

const addresses = ([1, 2, 3] as const).map(nodeAddress);

export class SwarmClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 96 });
  readonly #options: RequestOptions;
  /** Who answered last is asked first. */
  #first = 0;
  /** Answers that broke off after their first byte. */
  cut = 0;

  constructor(name: string, port: number, ca: string) {
    const host = `${name}.localhost`;
    this.#options = { port, ca, servername: host, headers: { host: `${host}:${port}` }, agent: this.#agent };
  }

  /** The answer with its body unread, from one address. The log of a job that waits may have no first byte for long. */
  async open(
    { body, headers, method, path }: Ask,
    at = this.#first,
    waitMs = Number.POSITIVE_INFINITY,
  ): Promise<IncomingMessage> {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const all = { ...(this.#options.headers as Record<string, string>), ...length, ...headers };
    const call = request({ ...this.#options, host: addresses[at] as string, method, path, headers: all });
    const silence = Number.isFinite(waitMs) ? waitMs : 0;
    call.setTimeout(silence, () => call.destroy(new Error('no answer')));
    call.once('socket', (socket) => {
      if (!socket.connecting) return;
      const late = Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' });
      const timer = setTimeout(() => call.destroy(late), connectMs);
      socket.once('secureConnect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    });
    call.end(body);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    call.setTimeout(0);
    return response;
  }

  /** The first answer that is not "later"; with no patience the only one. */
  async ask(asked: Ask, forMs = patienceMs): Promise<Told> {
    const deadline = performance.now() + forMs;
    let at = this.#first;
    for (let retries = 0; ; retries++) {
      let last: string;
      try {
        const response = await this.open(asked, at, answerMs);
        const text = await this.#read(response);
        const status = response.statusCode ?? 0;
        this.#first = at;
        if (!laterStatuses.has(status)) return { status, text, retries };
        last = `HTTP ${status}`;
      } catch (error) {
        const { code = '', message } = error as NodeJS.ErrnoException;
        last = `${code} ${message}`;
        if (!asked.repeatable && !neverArrived.has(code)) throw new GaveUp(`${asked.method} ${asked.path}: ${last}`);
        at = (at + 1) % addresses.length;
      }
      if (performance.now() >= deadline) throw new GaveUp(`${asked.method} ${asked.path}: ${last}`);
      // A whole round of the nodes at once, then a pause.
      if (retries % addresses.length === addresses.length - 1 || last.startsWith('HTTP')) {
        await sleep(retryEveryMs * (0.5 + Math.random()));
      }
    }
  }

  async #read(response: IncomingMessage): Promise<string> {
    let text = '';
    try {
      for await (const part of response.setEncoding('utf8')) text += part;
    } catch (error) {
      this.cut++;
      throw error;
    }
    return text;
  }

  close(): void {
    this.#agent.destroy();
  }
}
