// How does an Ollama server start, and when is it ready? A script that pulls its models while it serves, and one that looks for them.
import type { Cluster, OllamaNode } from '../cluster/types.ts';
import { exportLines, formatScript, shellWord } from '../formats/shell.ts';
import { pullLines } from './ollama-pull.ts';
import { ollamaVariables } from './ollama-variables.ts';
import type { ConfigEntry, Surroundings } from './types.ts';

const serverPort = 11434;

function startScript(node: OllamaNode, at: Surroundings): string {
  const lines = [
    ...exportLines(ollamaVariables(node, at)),
    'mkdir -p "$OLLAMA_MODELS"',
    ...(node.models.length > 0 ? pullLines(node) : []),
    'exec ollama serve',
  ];
  return formatScript(`Starts ${node.service}: it answers at once, and its models come while it does.`, lines);
}

/** Without models it is ready when it answers. */
function readyScript({ models, service }: OllamaNode, at: Surroundings): string {
  const lines = [
    `export OLLAMA_HOST=${at.kind === 'containers' ? '127.0.0.1' : at.bind(service)}:${at.listen(service, serverPort)}`,
    ...(models.length === 0
      ? ['exec ollama list >/dev/null']
      : [
          'has() { ollama show "$1" >/dev/null 2>&1 || { echo "$1 is not there yet"; exit 1; }; }',
          ...models.map((model) => `has ${shellWord(model)}`),
        ]),
  ];
  return formatScript(`Is ${service} ready? Ends with 0 when it answers and has every model of its list.`, lines);
}

export const ollama: ConfigEntry = {
  summary: 'ollama/: a start script and a readiness check of each server',
  render: ({ stack }: Cluster, at) =>
    (stack.ollama?.nodes ?? []).flatMap((node) => [
      { path: `ollama/${node.service}.sh`, text: startScript(node, at), mode: 0o644 },
      { path: `ollama/${node.service}-ready.sh`, text: readyScript(node, at), mode: 0o644 },
    ]),
};
