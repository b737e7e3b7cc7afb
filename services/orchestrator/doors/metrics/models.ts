// What do metrics say of the Ollama nodes: which are up, and which models do they hold in memory?
import type { House } from '../door.ts';
import type { Instruments } from './instruments.ts';

/** With three series each and those of the node itself, a node has fewer than a hundred. */
const mostModels = 30;
const longestName = 200;

export const modelMetrics = ({ gauge }: Instruments): { readonly show: (house: House) => Promise<void> } => {
  const up = gauge('muster_ollama_up', '1 when the node answered, else 0.', ['node']);
  const info = gauge('muster_ollama_info', 'Always 1: which version the node runs.', ['node', 'version']);
  const models = gauge('muster_ollama_models', 'Models that the node has on disk.', ['node']);
  const loaded = gauge('muster_ollama_loaded_models', 'Models that the node holds in memory.', ['node']);
  const bytes = gauge('muster_ollama_loaded_bytes', 'Size in memory of a loaded model.', ['node', 'model']);
  const vram = gauge('muster_ollama_vram_bytes', 'What of it lies in GPU memory.', ['node', 'model']);
  const expires = gauge('muster_ollama_expires_seconds', 'Time until the model is dropped from memory.', [
    'node',
    'model',
  ]);
  const all = [up, info, models, loaded, bytes, vram, expires];
  return {
    show: async ({ modelNodes, conductor }) => {
      const nodes = await modelNodes.look();
      const { wall } = conductor.now();
      for (const each of all) each.reset();
      for (const { node, answer } of nodes) {
        up.set({ node }, answer ? 1 : 0);
        if (!answer) continue;
        info.set({ node, version: answer.version.slice(0, longestName) }, 1);
        models.set({ node }, answer.models);
        loaded.set({ node }, answer.loaded.length);
        for (const { name, sizeBytes, vramBytes, expiresAt } of answer.loaded.slice(0, mostModels)) {
          const named = { node, model: name.slice(0, longestName) };
          bytes.set(named, sizeBytes);
          vram.set(named, vramBytes);
          if (expiresAt !== null) expires.set(named, Math.max(0, expiresAt - wall) / 1000);
        }
      }
    },
  };
};
