// What is told while the engine works? A line for each resource that is done, and in long silence what is waited for.
import { actOf, type EngineEvent, thingOf } from '../../index.ts';
import { doneWord, secondsText, shownThing } from './text.ts';

export type Say = (verb: string, what: string) => void;

const patienceSeconds = 10;
const mostWaited = 3;

export class Progress {
  readonly #say: Say;
  /** How many changes are expected; 0: nobody knows. */
  readonly #total: number;
  readonly #timer = setInterval(() => this.#wait(), 1000);
  /** By URN. */
  readonly #started = new Map<string, number>();
  readonly #done = new Set<string>();
  #toldAt = performance.now();

  constructor(say: Say, total: number) {
    this.#say = say;
    this.#total = total;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  hear({ resourcePreEvent, resOpFailedEvent, resOutputsEvent }: EngineEvent): void {
    const ended = resOutputsEvent ?? resOpFailedEvent;
    const step = resourcePreEvent ?? ended;
    if (step === undefined || step.planning) return;
    const { op, type, urn } = step.metadata;
    const now = performance.now();
    if (ended === undefined) {
      if (op !== 'same' && !type.startsWith('pulumi:')) this.#started.set(urn, now);
      return;
    }
    const seconds = (now - (this.#started.get(urn) ?? now)) / 1000;
    this.#started.delete(urn);
    const act = actOf(ended);
    // Told already: as its two halves.
    if (act === null || op === 'replace') return;
    const { name, noun } = thingOf(urn);
    const word = op === 'delete-replaced' ? 'deleted' : op === 'create-replacement' ? 'made' : doneWord(act);
    if (resOpFailedEvent === undefined && op !== 'create-replacement') this.#done.add(urn);
    const far = this.#total === 0 ? '' : `   ${this.#done.size} of ${this.#total}`;
    this.#tell(
      resOpFailedEvent === undefined ? word : 'failed',
      `${name.padEnd(25)}  ${noun.padEnd(31)}  ${secondsText(seconds).padStart(7)}${far}`,
    );
  }

  #wait(): void {
    if (performance.now() - this.#toldAt < patienceSeconds * 1000) return;
    const longest = [...this.#started].slice(0, mostWaited).map(([urn, since]) => {
      const seconds = Math.round((performance.now() - since) / 1000);
      return `${shownThing(thingOf(urn))} (${seconds} s)`;
    });
    this.#tell('waiting', longest.length === 0 ? 'for the engine' : `for ${longest.join(', ')}`);
  }

  #tell(verb: string, what: string): void {
    this.#toldAt = performance.now();
    this.#say(verb, what);
  }
}
