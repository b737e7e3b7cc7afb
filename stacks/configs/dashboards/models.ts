// Which models are in memory, and for how long?
import type { Page } from './page.ts';

const ofModel = '{{node}} {{model}}';

export const modelsPage: Page = {
  uid: 'muster-models',
  title: 'Models',
  description: 'Which models the Ollama nodes hold in memory, and for how long.',
  panels: [
    {
      kind: 'number',
      title: 'Models in memory',
      description: 'Those that answer at once; others are loaded first.',
      unit: 'short',
      queries: [{ expr: 'sum(muster_ollama_loaded_models)', legend: 'loaded' }],
    },
    {
      kind: 'areas',
      title: 'Models in memory by node',
      description: 'A number that goes up and down all the time means that models push each other out.',
      unit: 'short',
      queries: [{ expr: 'max by (node) (muster_ollama_loaded_models)', legend: '{{node}}' }],
    },
    {
      kind: 'areas',
      title: 'Memory of models',
      description: 'With their context, wherever it lies.',
      unit: 'bytes',
      queries: [{ expr: 'max by (node, model) (muster_ollama_loaded_bytes)', legend: ofModel }],
    },
    {
      kind: 'areas',
      title: 'Memory of models outside GPUs',
      description: 'What the CPU has to compute. With a GPU anything above 0 makes answers slow.',
      unit: 'bytes',
      queries: [
        { expr: 'max by (node, model) (muster_ollama_loaded_bytes - muster_ollama_vram_bytes)', legend: ofModel },
      ],
    },
    {
      kind: 'lines',
      title: 'Time until a model is dropped',
      description: 'Each answer starts it anew.',
      unit: 's',
      queries: [{ expr: 'max by (node, model) (muster_ollama_expires_seconds)', legend: ofModel }],
    },
  ],
};
