// Which service makes use of everything that a target must be able to say? Values, as a catalog entry would give them.
import { ordinary } from '../../stacks/catalog/ordinary.ts';
import type { Config, Service } from '../../stacks/catalog/types.ts';

export const page: Service = {
  ...ordinary,
  name: 'page',
  image: { reference: 'example/page:1.2.3', build: null },
  profile: 'ai',
  entrypoint: ['sh', '/etc/muster/page/start.sh'],
  command: ['--price', '$1'],
  configs: [
    { file: 'page/start.sh', path: '/etc/muster/page/start.sh' },
    { file: 'page/page.json', path: '/etc/muster/page/page.json' },
  ],
  secrets: [{ folder: 'page', path: '/run/muster/secrets/page', writable: false, exists: false }],
  folders: [
    { source: './my models', path: '/models', writable: false },
    { source: '/srv/$data', path: '/data', writable: true },
  ],
  state: [{ name: 'page', path: '/var/lib/muster' }],
  ports: [
    { container: 8443, published: 443, public: true },
    { container: 8080, published: 3000, public: false },
  ],
  health: {
    command: ['curl', '-f', 'http://127.0.0.1/$'],
    intervalSeconds: 5,
    timeoutSeconds: 15,
    startSeconds: 9,
    retries: 2,
  },
  limits: { cpus: 0.5, memoryMiB: 256, processes: 64 },
  networks: ['back', 'front'],
  aliases: ['chat'],
  dependsOn: [
    { service: 'model', until: 'started', optional: false },
    { service: 'secrets', until: 'done', optional: false },
    { service: 'elsewhere', until: 'healthy', optional: true },
  ],
};

/** In the profile `gpu`, which `page` is not in. */
export const model: Service = {
  ...ordinary,
  name: 'model',
  image: { reference: 'example/model:1.2.3', build: null },
  profile: 'ai',
  health: { command: ['true'], intervalSeconds: 5, timeoutSeconds: 15, startSeconds: 9, retries: 2 },
  limits: { cpus: 1, memoryMiB: 512, processes: 64 },
  gpus: { kind: 'count', count: 1 },
};

export const secrets: Service = {
  ...ordinary,
  name: 'secrets',
  role: 'one-shot',
  targets: ['compose'],
  image: { reference: 'muster-orchestrator:0.1.0', build: { daemon: 'orchestrator', base: null } },
  profile: 'workers',
  health: null,
  limits: { cpus: 1, memoryMiB: 256, processes: 64 },
  networks: [],
};

export const invented: readonly Service[] = [model, page, secrets];

export const inventedConfigs: readonly Config[] = [
  { path: 'other/unread.conf', text: 'nobody reads it', mode: 0o644 },
  { path: 'page/page.json', text: '{}\n', mode: 0o644 },
  { path: 'page/start.sh', text: 'exec page "$@"\n', mode: 0o644 },
];
