// Fake: how would an orchestrator answer an agent? Real sockets, the agent's wire only, every answer can be replaced.
import { createHash, randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Offer, Report } from '../../services/protocol/index.ts';

type Route =
  | 'join'
  | 'register'
  | 'stream'
  | 'offers'
  | 'accept'
  | 'refuse'
  | 'heartbeat'
  | 'report'
  | 'leave'
  | 'failing'
  | 'logs'
  | 'inputs'
  | 'artifacts';
// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, read by tests
export type Call = { readonly route: Route; readonly token: string; readonly body: any; readonly atMs: number };
export type Reply = { readonly status: number; readonly json?: unknown } | 'hang' | 'cut' | undefined;

const json = (response: ServerResponse, status: number, value: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

export class FakeOrchestrator {
  /** Of every offer. Random, because agents of tests that run side by side see each other's processes. */
  readonly fence = `${randomInt(2 ** 40)}.1`;
  readonly calls: Call[] = [];
  readonly logs = new Map<string, Buffer>();
  readonly artifacts = new Map<string, Buffer>();
  readonly inputs = new Map<string, Buffer>();
  readonly times = { heartbeatMs: 200, ttlMs: 60_000, marginMs: 4000 };
  /** Claims to be told to abandon at register; the others are resumed. */
  readonly abandoned = new Set<string>();
  /** Cancels and abandons to be told with heartbeats. */
  readonly cancel = new Set<string>();
  readonly abandon = new Set<string>();
  /** Own tokens that were handed out; a register with one of `secrets` gets a new one. */
  readonly tokens = new Set<string>();
  readonly secrets = new Set(['class-secret']);
  /** With one of these a machine may join; the hashes of the tokens that it showed. */
  readonly invites = new Set<string>();
  readonly joined = new Set<string>();
  /** Replaces an answer; undefined keeps the usual one. */
  reply: (call: Call, url: URL) => Reply = () => undefined;
  readonly #open = new Map<string, Offer>();
  readonly #streams = new Set<ServerResponse>();
  #waiting: (() => void)[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  async start(port = 0, host = '127.0.0.1'): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(port, host, done));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  addInput(bytes: Buffer, path: string): { path: string; digest: string; size: number } {
    const digest = createHash('sha256').update(bytes).digest('hex');
    this.inputs.set(digest, bytes);
    return { path, digest, size: bytes.length };
  }

  offer(job: string, spec: Partial<Offer['spec']> & { command: string[] }, gpus: number[] = []): void {
    const whole = {
      inputs: [],
      outputs: [],
      labels: {},
      gpus: 0,
      cpus: 1,
      memoryMiB: 0,
      retries: 0,
      timeoutSeconds: null,
      environment: {},
      priority: 10,
    };
    const offer: Offer = { job, fence: this.fence, acceptMs: 10_000, gpus, spec: { ...whole, ...spec } };
    this.#open.set(job, offer);
    this.send('offer', offer);
  }

  send(event: string, value: unknown): void {
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  cutStreams(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  of(route: Route): Call[] {
    return this.calls.filter((call) => call.route === route);
  }

  ended(job: string): Report | undefined {
    return this.of('report').find(({ body }) => body.job === job && body.state === 'ended')?.body as Report | undefined;
  }

  /** Resolves with the first value that `look` gives; it looks again after each request. */
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const value = look();
      if (value !== undefined && value !== false) return value;
      await new Promise<void>((done) => this.#waiting.push(done));
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://agent');
    const [, , , , route = '', job = '', digest = ''] = url.pathname.split('/');
    const bytes = await readAll(request);
    const raw = ['logs', 'artifacts', 'inputs'].includes(route);
    const body = raw
      ? { job, digest, bytes: bytes.length, method: request.method }
      : bytes.length > 0
        ? JSON.parse(bytes.toString())
        : null;
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const call: Call = { route: route as Route, token, body, atMs: performance.now() };
    const reply = this.reply(call, url) ?? (this.#knows(token, call.route) ? undefined : { status: 401 });
    if (reply === 'hang') return this.#record(call);
    if (reply === 'cut') request.socket.destroy();
    else if (reply !== undefined)
      json(response, reply.status, reply.json ?? { error: { code: 'refused', message: 'no' } });
    else this.#usual(call, url, bytes, response);
    this.#record(call);
  }

  #knows(token: string, route: Route): boolean {
    if (route === 'join') return this.invites.has(token);
    return this.secrets.has(token) || this.tokens.has(token) || this.joined.has(hashOf(token));
  }

  #record(call: Call): void {
    this.calls.push(call);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #usual({ route, token, body }: Call, url: URL, bytes: Buffer, response: ServerResponse): unknown {
    switch (route) {
      case 'join':
        this.joined.add(body.tokenHash);
        return json(response, 200, { workerId: 'w1', name: 'w', class: 'w' });
      case 'register': {
        const own = this.secrets.has(token) ? `own-${this.tokens.size + 1}` : null;
        if (own !== null) this.tokens.add(own);
        const stale = (claim: { job: string }) => this.abandoned.has(claim.job);
        const claims = body.claims as { job: string }[];
        const answer = { workerId: 'w1', name: body.name ?? 'w', token: own, draining: false, ...this.times };
        return json(response, 200, {
          ...answer,
          resume: claims.filter((one) => !stale(one)),
          abandon: claims.filter(stale),
        });
      }
      case 'stream':
        this.#streams.add(response);
        response.on('close', () => this.#streams.delete(response));
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        return response.write('event: ping\ndata: {}\n\n');
      case 'offers':
        return json(response, 200, { offers: [...this.#open.values()] });
      case 'accept':
        this.#open.delete(body.job);
        return json(response, 200, {});
      case 'heartbeat': {
        const told = (set: Set<string>) => body.leases.filter((lease: { job: string }) => set.has(lease.job));
        const answer = {
          abandon: told(this.abandon),
          cancel: told(this.cancel),
          ttlMs: this.times.ttlMs,
          draining: false,
        };
        return json(response, 200, { renewed: body.leases, ...answer });
      }
      case 'logs': {
        const held = this.logs.get(body.job) ?? Buffer.alloc(0);
        const offset = Number(url.searchParams.get('offset'));
        const now = offset === held.length ? Buffer.concat([held, bytes]) : held;
        this.logs.set(body.job, now);
        return json(response, 200, { offset: now.length });
      }
      case 'inputs': {
        const input = this.inputs.get(body.digest);
        return input === undefined
          ? json(response, 404, {})
          : response.writeHead(200, { 'content-length': input.length }).end(input);
      }
      case 'artifacts':
        if (body.method === 'HEAD') return response.writeHead(this.artifacts.has(body.digest) ? 200 : 404).end();
        this.artifacts.set(body.digest, bytes);
        return json(response, 200, {});
      default:
        return json(response, 200, {});
    }
  }
}
