// How is the orchestrator deployed? One, with the queue on disk and the API on loopback.
import type { Cluster } from '../cluster/types.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, Image } from './types.ts';

/** Inside its container; the published port is the spec's. */
export const orchestratorPort = 8080;

export function orchestratorImage({ version }: Cluster): Image {
  return { reference: `muster-orchestrator:${version}`, build: { daemon: 'orchestrator', base: null } };
}

/** The classes as the daemon reads them from MUSTER_CLASSES: JSON without secrets. */
export const classesText = ({ workers }: Cluster): string =>
  JSON.stringify(workers.map(({ name, maxReplicas, labels }) => ({ name, maxReplicas, labels })));

/** Whom it asks which models are there and loaded, for its figures. */
function modelNodes({ stack: { ollama } }: Cluster): Readonly<Record<string, string>> {
  if (ollama === null) return {};
  const nodes = ollama.nodes.map(({ service }) => ({ node: service, url: `http://${service}:11434` }));
  return { MUSTER_OLLAMA_URLS: JSON.stringify(nodes) };
}

/** Where machines that are invited reach it: through a proxy that others reach. */
function publicUrl({ stack: { proxy } }: Cluster): Readonly<Record<string, string>> {
  if (proxy === null || !proxy.public) return {};
  const port = proxy.httpsPort === 443 ? '' : `:${proxy.httpsPort}`;
  return { MUSTER_PUBLIC_URL: `https://${proxy.hosts[0]}${port}/muster` };
}

export const orchestrator: CatalogEntry = {
  summary: 'keeps the queue, knows the workers, hands jobs out',
  services: (cluster) => {
    const { cpus, heartbeatSeconds, leaseTtlSeconds, memoryMiB, port } = cluster.orchestrator;
    return [
      {
        ...ordinary,
        name: 'orchestrator',
        image: orchestratorImage(cluster),
        profile: 'workers',
        environment: {
          MUSTER_CLASSES: classesText(cluster),
          MUSTER_HEARTBEAT_SECONDS: String(heartbeatSeconds),
          MUSTER_LEASE_TTL_SECONDS: String(leaseTtlSeconds),
          MUSTER_LISTEN: `0.0.0.0:${orchestratorPort}`,
          ...modelNodes(cluster),
          ...publicUrl(cluster),
          MUSTER_SECRETS: '/run/muster/secrets',
          MUSTER_STATE: '/var/lib/muster',
        },
        secrets: [{ folder: '', path: '/run/muster/secrets', writable: false, exists: true }],
        state: [{ name: 'orchestrator', path: '/var/lib/muster' }],
        ports: [{ container: orchestratorPort, published: port, public: false }],
        health: {
          command: ['/opt/muster/bin/muster-orchestrator', 'health'],
          intervalSeconds: 4,
          timeoutSeconds: 15,
          startSeconds: 30,
          retries: 3,
        },
        limits: { cpus, memoryMiB, processes: 256 },
        networks: ['back', 'front'],
        dependsOn: [{ service: 'secrets', until: 'done', optional: false }],
        exclusive: true,
        local: true,
      },
    ];
  },
  secretFiles: () => [
    { kind: 'token', path: 'admin', prefix: 'mk' },
    // In a folder of its own, which alone Prometheus sees.
    { kind: 'token', path: 'metrics/token', prefix: 'mm' },
  ],
};
