// How does a run of the engine go to its end? Heard event by event; Ctrl-C asks it to stop in good order.
import type { EngineEnd, Watch } from '../../drivers/pulumi.ts';
import { type CloudStory, cloudStory, type EngineEvent } from '../../index.ts';
import type { Io } from '../types.ts';
import { Progress, type Say } from './progress.ts';

export type Ran = {
  readonly end: EngineEnd['state'] | 'interrupted';
  readonly words: string;
  readonly story: CloudStory;
  readonly seconds: number;
};

/** `total`: how many changes are expected. Never throws for what the engine says. */
export async function runEngine(
  io: Io,
  say: Say,
  total: number,
  work: (watch: Watch) => Promise<EngineEnd>,
): Promise<Ran> {
  const events: EngineEvent[] = [];
  const progress = new Progress(say, total);
  const stop = new AbortController();
  let asked = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    if (!asked) io.stderr.write('muster: the engine is asked to stop: it ends what it has begun and keeps the state\n');
    asked = true;
    // On a terminal Ctrl-C reaches the engine too, and from a second one it would drop what it does.
    if (signal === 'SIGTERM' || !process.stdin.isTTY) stop.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const startedAt = performance.now();
  try {
    const onEvent = (event: EngineEvent): void => {
      events.push(event);
      progress.hear(event);
    };
    const { state, words } = await work({ onEvent, signal: stop.signal });
    const seconds = (performance.now() - startedAt) / 1000;
    const story = cloudStory(events);
    // A destroy that was asked to stop calls itself done.
    const isWhole = state === 'done' && story.changes.length >= total;
    return { end: asked && !isWhole ? 'interrupted' : state, words, story, seconds };
  } finally {
    progress.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
