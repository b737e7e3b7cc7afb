// How is Ollama deployed? A service for each kind of server, all of them behind one name.
import type { Cluster, Ollama, OllamaNode } from '../cluster/types.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, Service } from './types.ts';

const port = 11434;

/**
 * The first pull of a large model may take hours: so long a server that lacks one counts as starting, not as sick. It
 * answers for the models that it has all the while.
 */
const pullSeconds = 4 * 3600;

function server({ image, nodes, port: published }: Ollama, node: OllamaNode): Service {
  const { cpus, gpus, memoryMiB, models, modelsPath, replicas, service } = node;
  const scripts = [`ollama/${service}.sh`, `ollama/${service}-ready.sh`];
  // A port of the host has one owner.
  const publishes = nodes[0]?.service === service && replicas === 1;
  return {
    ...ordinary,
    name: service,
    image: { reference: image, build: null },
    profile: 'ai',
    program: 'ollama',
    entrypoint: ['sh', `/etc/muster/ollama/${service}.sh`],
    configs: scripts.map((file) => ({ file, path: `/etc/muster/${file}` })),
    folders: modelsPath === null ? [] : [{ source: modelsPath, path: '/srv/muster/models', writable: true }],
    // Replicas share it: a model is pulled once.
    state: [{ name: service, path: '/var/lib/muster' }],
    ports: publishes ? [{ container: port, published, public: false }] : [],
    health: {
      command: ['sh', `/etc/muster/ollama/${service}-ready.sh`],
      intervalSeconds: 10,
      timeoutSeconds: 15,
      startSeconds: models.length > 0 ? pullSeconds : 60,
      retries: 3,
    },
    limits: { cpus, memoryMiB, processes: 1024 },
    networks: publishes ? ['back', 'egress', 'front'] : ['back', 'egress'],
    aliases: service === 'ollama' ? [] : ['ollama'],
    dependsOn: [{ service: 'secrets', until: 'done', optional: false }],
    // An answer that is being written may end.
    graceSeconds: 60,
    gpus,
    replicas,
    scalable: !publishes,
  };
}

export const ollama: CatalogEntry = {
  summary: 'Ollama: language models; one service per kind of server',
  services: ({ stack: { ollama: decided } }: Cluster) =>
    decided === null ? [] : decided.nodes.map((node) => server(decided, node)),
};
