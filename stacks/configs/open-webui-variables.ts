// With which settings does Open WebUI start? Those of the spec hold at each start; accounts and chats are its own.
import type { Cluster, Ollama, OpenWebui } from '../cluster/types.ts';
import type { Surroundings } from './types.ts';

type Variables = Readonly<Record<string, string>>;

/** Browsers name the page's origin in each request; others are refused. The first is the one that links lead to. */
function origins({ stack: { proxy } }: Cluster, { port }: OpenWebui): readonly string[] {
  const suffix = proxy === null || proxy.httpsPort === 443 ? '' : `:${proxy.httpsPort}`;
  const local = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  return [...(proxy?.hosts ?? []).map((host) => `https://${host}${suffix}`), ...local];
}

/**
 * The whole fleet; Open WebUI shows the models of all and asks one that has the model. Settings that were changed on
 * its pages hold until it starts anew: otherwise the first start's list of servers would hold for ever.
 */
function connections(ollama: Ollama | null, at: Surroundings): Variables {
  if (ollama === null) return { ENABLE_OLLAMA_API: 'False', ENABLE_OPENAI_API: 'True' };
  const urls = ollama.nodes.map(({ service }) => `http://${at.address(service, 11434)}`);
  return {
    ENABLE_OLLAMA_API: 'True',
    ENABLE_OPENAI_API: 'False',
    ENABLE_PERSISTENT_CONFIG: 'False',
    OLLAMA_BASE_URLS: urls.join(';'),
  };
}

/** With a model for embeddings documents are searched by meaning; without one they go to the model as they are. */
function documents(ollama: Ollama | null, at: Surroundings): Variables {
  for (const { models, service } of ollama?.nodes ?? []) {
    const model = models.find((name) => name.includes('embed'));
    if (model === undefined) continue;
    const url = `http://${at.address(service, 11434)}`;
    return { RAG_EMBEDDING_ENGINE: 'ollama', RAG_EMBEDDING_MODEL: model, RAG_OLLAMA_BASE_URL: url };
  }
  // The engine all the same: the other one would load a model from the network.
  return { BYPASS_EMBEDDING_AND_RETRIEVAL: 'True', RAG_EMBEDDING_ENGINE: 'ollama' };
}

/** Nothing is asked of the network, and a message costs one call of the model, not four. */
const quiet: Variables = {
  ANONYMIZED_TELEMETRY: 'False',
  AUDIO_STT_ENGINE: 'web',
  DO_NOT_TRACK: 'True',
  ENABLE_COMMUNITY_SHARING: 'False',
  ENABLE_FOLLOW_UP_GENERATION: 'False',
  ENABLE_TAGS_GENERATION: 'False',
  ENABLE_TITLE_GENERATION: 'False',
  ENABLE_VERSION_UPDATE_CHECK: 'False',
  OFFLINE_MODE: 'True',
  SCARF_NO_ANALYTICS: 'True',
};

/** All that it writes: what lasts below DATA_DIR, what it makes anew at each start beside it. */
function folders(at: Surroundings): Variables {
  const [scratch, state] = [at.scratch('open-webui'), at.state('open-webui')];
  return {
    DATA_DIR: state,
    HF_HOME: `${state}/cache/huggingface`,
    SENTENCE_TRANSFORMERS_HOME: `${state}/cache/embedding/models`,
    STATIC_DIR: `${scratch}/open-webui-static`,
    TIKTOKEN_CACHE_DIR: `${state}/cache/tiktoken`,
    WHISPER_MODEL_DIR: `${state}/cache/whisper/models`,
  };
}

export function openWebuiVariables(cluster: Cluster, decided: OpenWebui, at: Surroundings): Variables {
  const { ollama, proxy } = cluster.stack;
  const all = origins(cluster, decided);
  const inContainers = at.kind === 'containers';
  return {
    ...folders(at),
    ...connections(ollama, at),
    ...documents(ollama, at),
    ...quiet,
    CORS_ALLOW_ORIGIN: all.join(';'),
    // Its other way of calling tools puts them into every request, which a model that knows none of them refuses.
    DEFAULT_MODEL_PARAMS: JSON.stringify({ function_calling: 'legacy' }),
    ENABLE_SIGNUP: decided.signUp ? 'True' : 'False',
    ENABLE_WEBSOCKET_SUPPORT: 'True',
    // In containers the proxy has no fixed address, and nobody but it reaches this port from elsewhere.
    FORWARDED_ALLOW_IPS: inContainers ? '*' : '127.0.0.1',
    HOST: at.bind('open-webui'),
    PORT: String(at.listen('open-webui', 8080)),
    // Its log comes line by line, the last ones too.
    PYTHONUNBUFFERED: '1',
    // A rack has none of the packages that compute embeddings and keep them: their servers do.
    ...(at.kind === 'units' && { USE_SLIM_DOCKER: 'true' }),
    UVICORN_WORKERS: '1',
    WEBUI_ADMIN_EMAIL: decided.adminEmail,
    WEBUI_NAME: decided.title,
    // Browsers take such cookies from loopback too, without TLS.
    WEBUI_SESSION_COOKIE_SECURE: proxy === null ? 'False' : 'True',
    WEBUI_URL: all[0] as string,
  };
}
