// How is the proxy deployed? The one service that browsers reach, with TLS before everything else.
import type { Cluster, ReverseProxy } from '../cluster/types.ts';
import { ordinary } from './ordinary.ts';
import type { CatalogEntry, SecretFile, Service } from './types.ts';

const folder = '/etc/muster/proxy';
const files = ['index.html', 'nginx.conf', 'start.sh'];

function service(proxy: ReverseProxy): Service {
  const { cpus, httpPort, httpsPort, image, memoryMiB, tls } = proxy;
  return {
    ...ordinary,
    name: 'proxy',
    image: { reference: image, build: null },
    profile: 'ai',
    program: 'nginx',
    entrypoint: ['sh', `${folder}/start.sh`],
    configs: files.map((file) => ({ file: `proxy/${file}`, path: `${folder}/${file}` })),
    secrets: [{ folder: 'proxy', path: '/run/muster/secrets/proxy', writable: false, exists: false }],
    // Where the service `certificates` puts what it got, and answers the authority's questions.
    state: tls.kind === 'acme' ? [{ name: 'certificates', path: '/var/lib/muster' }] : [],
    // Requests to the models are kept until the first byte of their answer.
    scratch: [{ path: '/tmp', sizeMiB: 128, executable: false }],
    ports: [
      { container: 8081, published: httpPort, public: proxy.public },
      { container: 8443, published: httpsPort, public: proxy.public },
    ],
    health: {
      command: [
        'curl',
        '--fail',
        '--silent',
        '--output',
        '/dev/null',
        '--max-time',
        '5',
        'http://127.0.0.1:8082/health',
      ],
      intervalSeconds: 5,
      timeoutSeconds: 15,
      startSeconds: 30,
      retries: 3,
    },
    limits: { cpus, memoryMiB, processes: 64 },
    networks: ['back', 'front'],
    // Of nobody else: what is down is said by a page.
    dependsOn: [{ service: 'secrets', until: 'done', optional: false }],
    // Requests and streams may end within ten seconds.
    graceSeconds: 25,
  };
}

function certificate({ name }: Cluster, { hosts, tls }: ReverseProxy): readonly SecretFile[] {
  if (tls.kind === 'files') {
    return [
      { kind: 'given', path: 'proxy/tls.crt', source: tls.certificate },
      { kind: 'given', path: 'proxy/tls.key', source: tls.key },
    ];
  }
  return [
    { kind: 'authority', path: 'authority/ca', name },
    // With ACME too: it serves until the first certificate is there.
    { kind: 'certificate', path: 'proxy/tls', by: 'authority/ca', names: hosts, use: 'server' },
  ];
}

export const proxy: CatalogEntry = {
  summary: 'nginx: TLS, sign-in and limits before every page and API of the stack',
  services: ({ stack }) => (stack.proxy === null ? [] : [service(stack.proxy)]),
  secretFiles: (cluster) => {
    const { ollama, proxy: decided } = cluster.stack;
    if (decided === null) return [];
    const models: readonly SecretFile[] = [
      { kind: 'token', path: 'ollama/key', prefix: 'mo' },
      { kind: 'bearer-map', path: 'proxy/ollama-keys', of: 'ollama/key' },
    ];
    return [
      ...certificate(cluster, decided),
      { kind: 'password', path: 'proxy/password' },
      { kind: 'htpasswd', path: 'proxy/htpasswd', user: 'admin', of: 'proxy/password' },
      ...(ollama === null ? [] : models),
    ];
  },
};
