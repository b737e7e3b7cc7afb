// Who uses the cluster of a swarm while something happens to it? A client with its key, and jobs that a witness knows.
import { setTimeout as sleep } from 'node:timers/promises';
import { agentPaths } from '../../services/protocol/agent-paths.ts';
import type { WorkerList } from '../../services/protocol/index.ts';
import { eventually } from './clone.ts';
import { SwarmClient, type Told } from './swarm-client.ts';
import { type JobReport, SwarmJobs } from './swarm-jobs.ts';
import type { Rack } from './swarm-rack.ts';

export class Users {
  readonly #rack: Rack;
  readonly #client: SwarmClient;
  readonly #jobs: SwarmJobs;
  #count = 0;
  #more: Promise<void> = Promise.resolve();
  #stopping = false;

  static async start(rack: Rack, prefix: string): Promise<Users> {
    return new Users(rack, await SwarmJobs.start(prefix));
  }

  private constructor(rack: Rack, jobs: SwarmJobs) {
    this.#rack = rack;
    this.#client = new SwarmClient(rack.name, rack.httpsPort, rack.secret('authority/ca.crt'));
    this.#jobs = jobs;
  }

  /** What the API says to whoever has `key`. */
  status(key = this.#rack.secret('admin')): Promise<Told> {
    const headers = { authorization: `Bearer ${key}` };
    return this.#client.ask({
      method: 'GET',
      path: '/muster/api/v1/status',
      headers,
      repeatable: true,
      of: 'orchestrator',
    });
  }

  /** The answer to a worker that comes with `token` and says nothing about itself. */
  register(token: string): Promise<Told> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const path = `/muster${agentPaths.register}`;
    return this.#client.ask({ method: 'POST', path, headers, body: '{}', repeatable: true, of: 'orchestrator' });
  }

  /** Jobs of so many seconds, which begin at once; resolves when they have. */
  async begin(count: number, seconds: number): Promise<void> {
    const target = this.#jobs.begun + count;
    for (let n = 0; n < count; n++) await this.#submit(seconds);
    await eventually(`${count} jobs have begun`, async () => this.#jobs.begun >= target);
  }

  /** Two short jobs a second until `report`. A key that was rotated is read anew, as people do. */
  keepOn(seconds: number): void {
    this.#more = (async () => {
      for (; !this.#stopping; await sleep(500)) await this.#submit(seconds);
    })();
  }

  async idle(count: number): Promise<void> {
    await eventually(
      `${count} workers are up`,
      async () => {
        const headers = { authorization: `Bearer ${this.#rack.secret('admin')}` };
        const path = '/muster/api/v1/workers';
        const { text } = await this.#client.ask({ method: 'GET', path, headers, repeatable: true, of: 'orchestrator' });
        const { workers } = JSON.parse(text) as WorkerList;
        return workers.filter(({ state }) => state === 'idle').length >= count;
      },
      90,
    );
  }

  /** Waits for the end of all jobs. */
  async report(seconds: number): Promise<JobReport> {
    this.#stopping = true;
    await this.#more;
    return this.#jobs.report(this.#client, this.#rack.secret('admin'), seconds);
  }

  close(): void {
    this.#stopping = true;
    this.#jobs.close();
    this.#client.close();
  }

  async #submit(seconds: number): Promise<void> {
    const word = String(this.#count++);
    await eventually(`job ${word} is taken`, async () => {
      const asked = this.#jobs.submit(word, seconds, this.#rack.secret('admin'));
      const { status, text } = await this.#client.ask(asked);
      if (status !== 201 && status !== 200) throw new Error(`${status} ${text}`);
      asked.heard?.(text);
      return true;
    });
  }
}
