// How is Open WebUI deployed? One, with its accounts and chats on disk, before the models of Ollama.
import type { Cluster } from '../cluster/types.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry } from './types.ts';

const port = 8080;

export const openWebui: CatalogEntry = {
  summary: 'Open WebUI: the chat page, connected to every Ollama server',
  services: ({ stack: { ollama, openWebui: decided } }: Cluster) => {
    if (decided === null) return [];
    const { cpus, image, memoryMiB, port: published } = decided;
    const servers = (ollama?.nodes ?? []).map(({ service }) => service);
    return [
      {
        ...ordinary,
        name: 'open-webui',
        image: { reference: image, build: null },
        profile: 'ai',
        program: 'open-webui',
        entrypoint: ['sh', '/etc/muster/open-webui/start.sh'],
        environment: { HOME: '/tmp' },
        configs: [{ file: 'open-webui/start.sh', path: '/etc/muster/open-webui/start.sh' }],
        secrets: [{ folder: 'open-webui', path: '/run/muster/secrets/open-webui', writable: false, exists: false }],
        state: [{ name: 'open-webui', path: '/var/lib/muster' }],
        scratch: [{ path: '/tmp', sizeMiB: 256, executable: false }],
        ports: [{ container: port, published, public: false }],
        health: {
          command: [
            'curl',
            '--fail',
            '--silent',
            '--show-error',
            '--max-time',
            '10',
            `http://127.0.0.1:${port}/health`,
          ],
          intervalSeconds: 10,
          timeoutSeconds: 15,
          startSeconds: 180,
          retries: 3,
        },
        limits: { cpus, memoryMiB, processes: 512 },
        // It asks nothing of the network: that is for the servers, which pull the models.
        networks: servers.length > 0 ? ['back', 'front'] : ['back', 'front', 'egress'],
        dependsOn: [
          { service: 'secrets', until: 'done', optional: false },
          ...servers.map((service) => ({ service, until: 'started', optional: true }) as const),
        ],
        graceSeconds: 30,
        exclusive: true,
      },
    ];
  },
  secretFiles: ({ stack }) =>
    stack.openWebui === null
      ? []
      : [
          { kind: 'password', path: 'open-webui/admin-password' },
          { kind: 'token', path: 'open-webui/secret-key', prefix: 'ws' },
        ],
};
