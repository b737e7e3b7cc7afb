// Do streams through the proxy of a swarm go on while it is updated? Logs followed as they grow, from where they broke off.
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SwarmClient } from './swarm-client.ts';
import type { SwarmJobs } from './swarm-jobs.ts';

export type StreamReport = {
  /** Logs that were read to their end. */
  readonly read: number;
  /** How often one was taken up again. */
  readonly resumed: number;
  /** Those that differ from what their job wrote. */
  readonly wrong: readonly string[];
};

const jobSeconds = 4;
const whole = Array.from({ length: jobSeconds }, (_, n) => `${n}\n`).join('');
const patienceMs = 30_000;
const openMs = 2000;

export class Streams {
  readonly #client: SwarmClient;
  readonly #jobs: SwarmJobs;
  readonly #key: string;
  readonly #readers: readonly Promise<void>[];
  readonly #silent: Promise<void>;
  #silentId = '';
  #stopping = false;
  #read = 0;
  #resumed = 0;
  readonly #wrong: string[] = [];

  /** `count` readers of one log after the other, and one of a log in which nothing ever comes. */
  constructor(client: SwarmClient, jobs: SwarmJobs, key: string, count: number) {
    this.#client = client;
    this.#jobs = jobs;
    this.#key = key;
    const noted = (error: Error) => void this.#wrong.push(error.message);
    this.#readers = Array.from({ length: count }, (_, n) => this.#reader(`stream-${n}`).catch(noted));
    this.#silent = this.#silence().catch(noted);
  }

  async stop(): Promise<StreamReport> {
    this.#stopping = true;
    await Promise.all(this.#readers);
    const headers = { authorization: `Bearer ${this.#key}` };
    const path = `/muster/api/v1/jobs/${this.#silentId}/cancel`;
    await this.#client.ask({ method: 'POST', path, headers, repeatable: true, of: 'orchestrator' });
    await this.#silent;
    return { read: this.#read, resumed: this.#resumed, wrong: this.#wrong };
  }

  async #reader(word: string): Promise<void> {
    for (let n = 0; !this.#stopping; n++) {
      const name = `${word}-${n}`;
      const id = await this.#jobs.send(this.#client, name, jobSeconds, this.#key);
      const text = await this.#follow(id);
      if (text === whole) this.#read++;
      else this.#wrong.push(`${name}: ${JSON.stringify(text)}`);
    }
  }

  async #silence(): Promise<void> {
    this.#silentId = await this.#jobs.send(this.#client, 'never', 1, this.#key, { labels: { round: 'none' } });
    await this.#follow(this.#silentId);
  }

  /** What the last attempt wrote. */
  async #follow(id: string): Promise<string> {
    let text = '';
    let attempt: string | undefined;
    let wellAt = performance.now();
    const seen: string[] = [];
    for (let at = 0; ; at = (at + 1) % 3) {
      const begun = performance.now();
      try {
        const response = await this.#open(id, attempt, text.length, at);
        if (response.statusCode === 200) {
          const number = response.headers['muster-log-attempt'];
          attempt ??= number === undefined ? undefined : String(number);
          wellAt = begun;
          for await (const part of response.setEncoding('utf8')) text += part;
          wellAt = performance.now();
          if (await this.#isLast(id, attempt)) return text;
          // Of an attempt that another one follows, or of one that was not known yet: once more from its beginning.
          [text, attempt] = ['', undefined];
          continue;
        }
        response.resume();
        seen.push(`HTTP ${response.statusCode}`);
      } catch (error) {
        // It broke off, or nobody is there: the next address may know more.
        seen.push((error as Error).message);
      }
      this.#resumed++;
      const now = performance.now();
      // A log in which nothing comes has no first byte either: it was open if it took long to break.
      if (now - begun > openMs) wellAt = now;
      if (now - wellAt > patienceMs) {
        throw new Error(`the log of ${id} cannot be read any more: ${seen.slice(-6).join(', ')}`);
      }
      await sleep(200);
    }
  }

  #open(id: string, attempt: string | undefined, offset: number, at: number): Promise<IncomingMessage> {
    const query = `follow=1&offset=${offset}${attempt === undefined ? '' : `&attempt=${attempt}`}`;
    const headers = { authorization: `Bearer ${this.#key}` };
    const path = `/muster/api/v1/jobs/${id}/logs?${query}`;
    return this.#client.open({ method: 'GET', path, headers, repeatable: true, of: 'orchestrator' }, at);
  }

  /** Has the job ended with this attempt, or without any? One that was handed back has another one, now or soon. */
  async #isLast(id: string, attempt: string | undefined): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.#key}` };
    const path = `/muster/api/v1/jobs/${id}`;
    const { text } = await this.#client.ask({ method: 'GET', path, headers, repeatable: true, of: 'orchestrator' });
    const { attempts, state } = JSON.parse(text) as { attempts: { number: number }[]; state: string };
    return (
      /succeeded|failed|cancelled/.test(state) &&
      attempts.at(-1)?.number === (attempt === undefined ? undefined : Number(attempt))
    );
  }
}
