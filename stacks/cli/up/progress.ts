// How far is a service that starts? Ollama counts as starting until every model of the spec is there.
import { fullName, modelsAt } from '../../drivers/ollama.ts';
import type { Cluster } from '../../index.ts';

/** `pulls qwen3:0.6b (1 of 2 models there)`; null where nothing can be known. */
export async function progressOf({ stack: { ollama } }: Cluster, service: string): Promise<string | null> {
  const node = ollama?.nodes[0];
  // Only the first kind of server has a port of this host.
  if (!ollama || node?.service !== service || node.models.length === 0) return null;
  const there = await modelsAt(ollama.port);
  if (there === null) return null;
  const missing = node.models.filter((model) => !there.some(({ name }) => name === fullName(model)));
  if (missing.length === 0) return null;
  const { length } = node.models;
  return `it pulls ${missing.join(' ')} (${length - missing.length} of ${length} models there)`;
}
