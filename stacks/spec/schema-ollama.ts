// What does each key of Ollama mean? Only the knobs that the server really has.
import { z } from 'zod';
import { ollamaDefaults, ollamaNodeDefaults } from './defaults-services.ts';
import { block, duration, explain, gpus, image, list, number, oneOf, size, text, whole, yesOrNo } from './fields.ts';
import { hostPathRule, modelRule, nameRule } from './words.ts';

const nodeKeys = {
  replicas: whole(0, 100, 'a number of servers')
    .meta({ description: 'How many equal servers are started.', default: ollamaNodeDefaults.replicas })
    .optional(),
  cpus: number(0.1, 1024, 'a number of CPUs')
    .meta({ description: 'CPUs of one server.', default: ollamaNodeDefaults.cpus })
    .optional(),
  memory: size.meta({ description: 'Memory of one server.', default: ollamaNodeDefaults.memory }).optional(),
  gpus: gpus
    .meta({ description: 'GPUs of one server; auto falls back to the CPUs.', default: ollamaNodeDefaults.gpus })
    .optional(),
  models: list(text(modelRule), 'models')
    .meta({ description: 'Models that are pulled at the start, such as qwen3:4b.' })
    .optional(),
  modelsPath: text(hostPathRule)
    .meta({
      description:
        'An existing folder of Ollama models on the host, absolute or relative to this file. The user that containers run as (MUSTER_UID, 10001 for root) must be able to write there.',
    })
    .optional(),
  parallel: whole(1, 64, 'a number of requests')
    .meta({ description: 'Requests that one model answers at once (OLLAMA_NUM_PARALLEL).' })
    .optional(),
  maxLoadedModels: whole(1, 64, 'a number of models')
    .meta({ description: 'Models in memory at once (OLLAMA_MAX_LOADED_MODELS).' })
    .optional(),
  maxQueue: whole(1, 100_000, 'a number of requests')
    .meta({ description: 'Requests that may wait; more get 503 (OLLAMA_MAX_QUEUE).' })
    .optional(),
  keepAlive: duration.meta({ description: 'How long an unused model stays in memory (OLLAMA_KEEP_ALIVE).' }).optional(),
  loadTimeout: duration.meta({ description: 'How long a model may take to load (OLLAMA_LOAD_TIMEOUT).' }).optional(),
  contextLength: whole(256, 1_048_576, 'a number of tokens')
    .meta({ description: 'Context of a model, in tokens (OLLAMA_CONTEXT_LENGTH).' })
    .optional(),
  kvCacheType: oneOf(['f16', 'q8_0', 'q4_0'])
    .meta({ description: 'Precision of the key-value cache (OLLAMA_KV_CACHE_TYPE).' })
    .optional(),
  flashAttention: yesOrNo.meta({ description: 'Flash attention (OLLAMA_FLASH_ATTENTION).' }).optional(),
  gpuOverhead: size.meta({ description: 'Memory to leave free on each GPU (OLLAMA_GPU_OVERHEAD).' }).optional(),
  spreadOverGpus: yesOrNo.meta({ description: 'Spread one model over all GPUs (OLLAMA_SCHED_SPREAD).' }).optional(),
  cloud: yesOrNo
    .meta({
      description: 'Allow models that run at a vendor, and web search (else OLLAMA_NO_CLOUD=1).',
      default: ollamaNodeDefaults.cloud,
    })
    .optional(),
};

export const ollamaSchema = block({
  image: image
    .meta({ description: 'The image it runs from, with an exact tag or digest.', default: ollamaDefaults.image })
    .optional(),
  port: whole(1, 65535, 'a port')
    .meta({ description: 'Port on 127.0.0.1 of the host.', default: ollamaDefaults.port })
    .optional(),
  ...nodeKeys,
  nodes: z
    .record(text(nameRule), block(nodeKeys), explain('a map of names', 'write each as "name: {models: [qwen3:4b]}"'))
    .meta({
      description:
        'Several kinds of servers behind one address; keys outside hold for each that does not say otherwise.',
    })
    .optional(),
});
