// How is the picture of a swarm shown? A page that asks the engine through a reader, which lets four lists through.
import type { Visualizer } from '../cluster/types.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, Service } from './types.ts';

/** Inside its container: its program knows no other. */
const visualizerPort = 8080;

/** Below this path the proxy leads to it. */
const root = '/muster/visualizer';

/** Inside its container, on the network that only these two are in. */
export const readerPort = 2375;

/** Where there is no proxy, whose image it is otherwise. */
const nginx = 'nginx:1.28.0';

const config = '/etc/muster/docker-reader/nginx.conf';

function reader(image: string): Service {
  return {
    ...ordinary,
    name: 'docker-reader',
    targets: ['swarm'],
    image: { reference: image, build: null },
    profile: 'monitoring',
    entrypoint: ['nginx', '-c', config, '-g', 'daemon off;'],
    configs: [{ file: 'docker-reader/nginx.conf', path: config }],
    engineSocket: true,
    scratch: [{ path: '/tmp', sizeMiB: 16, executable: false }],
    health: {
      command: ['curl', '-fsS', '-o', '/dev/null', '--max-time', '5', `http://127.0.0.1:${readerPort}/health`],
      intervalSeconds: 5,
      timeoutSeconds: 15,
      startSeconds: 10,
      retries: 3,
    },
    limits: { cpus: 0.25, memoryMiB: 64, processes: 32 },
    networks: ['engine'],
  };
}

function page({ cpus, image, memoryMiB, port }: Visualizer): Service {
  return {
    ...ordinary,
    name: 'visualizer',
    targets: ['swarm'],
    image: { reference: image, build: null },
    profile: 'monitoring',
    command: ['node', 'server.js'],
    environment: { CTX_ROOT: root, DOCKER_HOST: `docker-reader:${readerPort}`, HOME: '/tmp', MS: '2000' },
    ports: [{ container: visualizerPort, published: port, public: false }],
    health: {
      command: ['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${visualizerPort}${root}/`],
      intervalSeconds: 10,
      timeoutSeconds: 15,
      startSeconds: 30,
      retries: 3,
    },
    limits: { cpus, memoryMiB, processes: 64 },
    networks: ['back', 'engine'],
    dependsOn: [{ service: 'docker-reader', until: 'started', optional: false }],
  };
}

export const visualizer: CatalogEntry = {
  summary: 'a picture of the nodes and tasks of a swarm, and the reader that asks the engine for it',
  services: ({ stack }) =>
    stack.visualizer === null ? [] : [reader(stack.proxy?.image ?? nginx), page(stack.visualizer)],
};
