// What became of the jobs of a swarm? They tell a witness outside, and the API tells what it knows of them.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { JobList, JobRequest, JobView } from '../../services/protocol/index.ts';
import { eventually } from './clone.ts';
import type { Ask, SwarmClient } from './swarm-client.ts';
import { hostAddress } from './swarm-lab.ts';
import { judge, parseWitness, type Verdict } from './witness.ts';

/** Two lines to whoever listens at $1, with so many seconds between them; a line of output for each second. */
const script = `
say() { exec 3<>"/dev/tcp/$1/$2" && echo "$3 $MUSTER_JOB_ID $MUSTER_ATTEMPT" >&3; }
say "$1" "$2" S; for ((n = 0; n < $3; n++)); do echo "$n"; sleep 1; done; say "$1" "$2" E`;

export type JobReport = Omit<Verdict, 'recovered' | 'reexecutions'> & {
  readonly submitted: number;
  readonly succeeded: number;
  /** Jobs that ended in vain, and why. */
  readonly failed: readonly string[];
  /** Executions that a drain ended after its grace, to go on elsewhere. */
  readonly handedBack: number;
  /** Executions that began and ended for no reason of their own. */
  readonly broken: readonly string[];
};

export class SwarmJobs {
  readonly #server: Server;
  readonly #submitted = new Map<string, string | null>();
  readonly #prefix: string;
  readonly #sockets = new Set<Socket>();
  #text = '';

  /** Names of its jobs begin with `prefix`; others are not its own. */
  static async start(prefix: string): Promise<SwarmJobs> {
    const jobs = new SwarmJobs(`${prefix}-`);
    jobs.#server.listen(0, hostAddress);
    await once(jobs.#server, 'listening');
    return jobs;
  }

  private constructor(prefix: string) {
    this.#prefix = prefix;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {}).once('close', () => this.#sockets.delete(socket));
      // Each line comes in one piece.
      socket.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
      });
    });
  }

  /** The request that submits one job. */
  submit(word: string, seconds: number, key: string, wish: Pick<JobRequest, 'cpus' | 'labels'> = {}): Ask {
    const name = `${this.#prefix}${word}`;
    this.#submitted.set(name, null);
    const { port } = this.#server.address() as AddressInfo;
    const command = ['bash', '-c', script, 'job', hostAddress, String(port), String(seconds)];
    return {
      method: 'POST',
      path: '/muster/api/v1/jobs',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': `rack-${name}`,
      },
      body: JSON.stringify({ name, command, cpus: 0.05, ...wish }),
      repeatable: true,
      of: 'orchestrator',
      heard: (text) => void this.#submitted.set(name, (JSON.parse(text) as JobView).id),
    };
  }

  /** Submits it and gives its id. */
  async send(client: SwarmClient, ...[word, seconds, key, wish]: Parameters<SwarmJobs['submit']>): Promise<string> {
    const asked = this.submit(word, seconds, key, wish);
    const { status, text } = await client.ask(asked);
    if (status !== 201) throw new Error(`${status} ${text}`);
    asked.heard?.(text);
    return (JSON.parse(text) as JobView).id;
  }

  /** How many executions have begun. */
  get begun(): number {
    return parseWitness(this.#text).filter(({ mark }) => mark === 'S').length;
  }

  /** Waits until every job has ended, but no longer than `seconds`. */
  async report(client: SwarmClient, key: string, seconds: number): Promise<JobReport> {
    const own = async () => (await listed(client, key)).filter(({ name }) => name?.startsWith(this.#prefix));
    const over = async () => (await own()).every(({ state }) => /succeeded|failed|cancelled/.test(state));
    await eventually('all jobs have ended', over, seconds).catch(() => {});
    const jobs = await own();
    const attempts = jobs.flatMap((job) => job.attempts.map((attempt) => ({ job, attempt })));
    // The store that the audit lies in is in a volume of a node: an end is what the API shows as one.
    const audit = jobs.map(({ id }) => ({ action: 'job.ended', target: id }));
    const lines = parseWitness(this.#text);
    const { duplicated, lost, stuck, unexpected } = judge({ submitted: this.#submitted, lines, jobs, audit });
    return {
      ...{ submitted: this.#submitted.size, succeeded: jobs.filter(({ state }) => state === 'succeeded').length },
      ...{ duplicated, lost, stuck, unexpected },
      failed: jobs.filter(({ state }) => state === 'failed').map(({ detail, name }) => `${name}: ${detail}`),
      handedBack: attempts.filter(({ attempt }) => attempt.cause === 'drained').length,
      broken: attempts
        .filter(({ attempt }) => attempt.startedAt !== null && !/^(succeeded|drained)$/.test(attempt.cause ?? ''))
        .map(({ attempt, job }) => `${job.name} on ${attempt.worker}: ${attempt.cause}`),
    };
  }

  /** Nodes that lost their power have left connections open. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function listed(client: SwarmClient, key: string): Promise<readonly JobView[]> {
  const all: JobView[] = [];
  for (let before = ''; ; ) {
    const path = `/muster/api/v1/jobs?limit=500${before === '' ? '' : `&before=${before}`}`;
    const headers = { authorization: `Bearer ${key}` };
    const { text } = await client.ask({ method: 'GET', path, headers, repeatable: true, of: 'orchestrator' });
    const { jobs, next } = JSON.parse(text) as JobList;
    all.push(...jobs);
    if (next === null) return all;
    before = next;
  }
}
