// What does a steady load see? So many requests a second, whatever the answers do; each is waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ask, SwarmClient } from './swarm-client.ts';

export type LoadReport = {
  readonly seconds: number;
  readonly requests: number;
  readonly perSecond: number;
  readonly retries: number;
  /** Of the client: its request was not answered, or not with 2xx. */
  readonly failed: readonly string[];
  /** The longest time in which a service answered no request, in milliseconds. */
  readonly longestGapMs: Readonly<Record<string, number>>;
  readonly slowestMs: number;
};

export class Load {
  readonly #client: SwarmClient;
  readonly #patienceMs: number | undefined;
  readonly #next: (index: number) => Ask;
  readonly #startedAt = performance.now();
  readonly #done: Promise<void>;
  readonly #pending = new Set<Promise<void>>();
  readonly #answers = new Map<string, number[]>();
  readonly #failed: string[] = [];
  #stopping = false;
  #stoppedAt = 0;
  #count = 0;
  #retries = 0;
  #slowestMs = 0;

  /** Starts at once. An open loop: a slow answer holds up no other request. */
  constructor(client: SwarmClient, perSecond: number, next: (index: number) => Ask, patienceMs?: number) {
    this.#client = client;
    this.#patienceMs = patienceMs;
    this.#next = next;
    this.#done = this.#run(1000 / perSecond);
  }

  /** No new requests; those under way are waited for. */
  async stop(): Promise<LoadReport> {
    this.#stopping = true;
    this.#stoppedAt = performance.now();
    await this.#done;
    await Promise.all(this.#pending);
    const seconds = (this.#stoppedAt - this.#startedAt) / 1000;
    return {
      seconds: Math.round(seconds),
      requests: this.#count,
      perSecond: Math.round((this.#count / seconds) * 10) / 10,
      retries: this.#retries,
      failed: this.#failed,
      longestGapMs: Object.fromEntries([...this.#answers].map(([of, answers]) => [of, this.#gap(answers)])),
      slowestMs: Math.round(this.#slowestMs),
    };
  }

  #gap(answers: readonly number[]): number {
    const times = [this.#startedAt, ...answers.filter((at) => at < this.#stoppedAt), this.#stoppedAt];
    return Math.round(Math.max(...times.slice(1).map((at, index) => at - (times[index] as number))));
  }

  async #run(everyMs: number): Promise<void> {
    while (!this.#stopping) {
      const due = (performance.now() - this.#startedAt) / everyMs;
      for (; this.#count < due; this.#count++) {
        const one = this.#one(this.#next(this.#count)).finally(() => this.#pending.delete(one));
        this.#pending.add(one);
      }
      await sleep(everyMs);
    }
  }

  async #one(asked: Ask): Promise<void> {
    const begun = performance.now();
    try {
      const { retries, status, text } = await this.#client.ask(asked, this.#patienceMs);
      this.#retries += retries;
      if (status >= 200 && status < 300) asked.heard?.(text);
      else this.#failed.push(`${asked.method} ${asked.path}: ${status} ${text}`);
    } catch (error) {
      this.#failed.push((error as Error).message);
    }
    const now = performance.now();
    this.#answers.set(asked.of, [...(this.#answers.get(asked.of) ?? []), now]);
    this.#slowestMs = Math.max(this.#slowestMs, now - begun);
  }
}
