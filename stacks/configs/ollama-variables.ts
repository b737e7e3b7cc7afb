// Which variables does an Ollama server read? Those that `ollama serve --help` names, and only where the spec says something.
import type { OllamaNode } from '../cluster/types.ts';
import type { Surroundings } from './types.ts';

const flag = (on: boolean): string => (on ? '1' : '0');

const bytesPerMiB = 2 ** 20;

/** In containers the folder of the host is mounted here; a process reads it where it is. */
const givenModels = '/srv/muster/models';

function modelsFolder(node: OllamaNode, at: Surroundings): string {
  // The user of a unit is made anew at each start: a folder of somebody else it could not write.
  if (node.modelsPath === null || at.kind === 'units') return `${at.state(node.service)}/models`;
  return at.folder(node.modelsPath, givenModels);
}

/** Somebody else may use the same folder: what this server does not know must stay. */
const shared = ({ modelsPath, replicas }: OllamaNode): boolean => modelsPath !== null || replicas > 1;

export function ollamaVariables(node: OllamaNode, at: Surroundings): Readonly<Record<string, string>> {
  const knobs: Readonly<Record<string, string | number | null>> = {
    OLLAMA_CONTEXT_LENGTH: node.contextLength,
    OLLAMA_FLASH_ATTENTION: node.flashAttention === null ? null : flag(node.flashAttention),
    OLLAMA_GPU_OVERHEAD: node.gpuOverheadMiB === null ? null : node.gpuOverheadMiB * bytesPerMiB,
    OLLAMA_KEEP_ALIVE: node.keepAliveSeconds === null ? null : `${node.keepAliveSeconds}s`,
    OLLAMA_KV_CACHE_TYPE: node.kvCacheType,
    OLLAMA_LOAD_TIMEOUT: node.loadTimeoutSeconds === null ? null : `${node.loadTimeoutSeconds}s`,
    OLLAMA_MAX_LOADED_MODELS: node.maxLoadedModels,
    OLLAMA_MAX_QUEUE: node.maxQueue,
    OLLAMA_NO_CLOUD: node.cloud ? null : '1',
    OLLAMA_NOPRUNE: shared(node) ? '1' : null,
    OLLAMA_NUM_PARALLEL: node.parallel,
    OLLAMA_SCHED_SPREAD: node.spreadOverGpus === null ? null : flag(node.spreadOverGpus),
  };
  const said = Object.entries(knobs).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  return {
    // Ollama writes its key there.
    HOME: at.state(node.service),
    OLLAMA_HOST: `${at.bind(node.service)}:${at.listen(node.service, 11434)}`,
    OLLAMA_MODELS: modelsFolder(node, at),
    ...Object.fromEntries(said),
  };
}
