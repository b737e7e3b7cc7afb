// How does a test read the metrics once the Ollama node is in them? A busy machine may answer after the scrape.
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './orchestrator.ts';

/** The text of the first scrape that shows the node `ollama` as up. */
export const scrapeWithModels = async ({ admin }: Bench): Promise<string> => {
  const endMs = performance.now() + 15_000;
  for (;;) {
    const { text } = await admin.get('/metrics');
    if (text.includes('muster_ollama_up{node="ollama"} 1')) return text;
    if (performance.now() > endMs) throw new Error(`the node is not up:\n${text}`);
    await delay(100);
  }
};
