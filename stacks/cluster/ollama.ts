// What was decided about Ollama? One kind of server, or several behind one address.
import { ollamaDefaults, ollamaNodeDefaults } from '../spec/defaults-services.ts';
import type { OllamaNodeSpec, OllamaSpec } from '../spec/types.ts';
import { byText, gpusOf, memoryMiB, seconds } from './decide.ts';
import type { Ollama, OllamaNode } from './types.ts';

function nodeOf(service: string, written: OllamaNodeSpec): OllamaNode {
  const node = { ...ollamaNodeDefaults, ...written };
  const { gpuOverhead, keepAlive, loadTimeout } = written;
  return {
    service,
    replicas: node.replicas,
    cpus: node.cpus,
    memoryMiB: memoryMiB(node.memory),
    gpus: gpusOf(node.gpus),
    models: [...new Set(node.models)].sort(byText),
    modelsPath: node.modelsPath ?? null,
    parallel: node.parallel ?? null,
    maxLoadedModels: node.maxLoadedModels ?? null,
    maxQueue: node.maxQueue ?? null,
    keepAliveSeconds: keepAlive === undefined ? null : seconds(keepAlive),
    loadTimeoutSeconds: loadTimeout === undefined ? null : seconds(loadTimeout),
    contextLength: node.contextLength ?? null,
    kvCacheType: node.kvCacheType ?? null,
    flashAttention: node.flashAttention ?? null,
    gpuOverheadMiB: gpuOverhead === undefined ? null : memoryMiB(gpuOverhead),
    spreadOverGpus: node.spreadOverGpus ?? null,
    cloud: node.cloud,
  };
}

export function ollamaOf({ image, nodes = {}, port, ...shared }: OllamaSpec): Ollama {
  const named = Object.entries(nodes).map(([name, own]) => nodeOf(`ollama-${name}`, { ...shared, ...own }));
  return {
    image: image ?? ollamaDefaults.image,
    port: port ?? ollamaDefaults.port,
    nodes: named.length > 0 ? named.sort((a, b) => byText(a.service, b.service)) : [nodeOf('ollama', shared)],
  };
}
