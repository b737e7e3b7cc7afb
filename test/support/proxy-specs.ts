// Which clusters do the suites of the proxy run over? Every choice with every other one, at least in pairs.
import type { Surroundings } from '../../stacks/configs/types.ts';

const hosts = ['', 'hosts: [ai.example.org]', 'hosts: [default, include, a-b.example.org, x1]'];
const ports = ['', 'httpPort: 8088, httpsPort: 8443'];
const tls = [
  '',
  'tls: { certificate: "certs/my site.pem", key: ../key.pem }',
  'tls: { acme: { email: a@example.org } }',
];
const limits = ['', 'public: true, uploadLimit: 3GiB, requestsPerSecond: 1', 'cpus: 3.5, requestsPerSecond: 100000'];
const services = [
  '',
  'ollama: true',
  'ollama: { nodes: { a: {}, b: { replicas: 3 } } }, open-webui: { title: "Tom & Jerry; #1" }',
  'dask: true, prometheus: true, alertmanager: true, grafana: true, ollama: true, open-webui: true',
  'dask: { dashboard: false }, prometheus: true',
];
const workers = ['', 'workers: { a: { maxReplicas: 1000 }, b: {} }'];

const pick = (list: readonly string[], index: number): string => list[index % list.length] as string;

/** Steps that share no factor with the lists, so that the choices drift past each other. */
function spec(index: number): string {
  const acme = index % 3 === 2;
  const named = acme ? pick(hosts.slice(1), index) : pick(hosts, Math.floor(index / 3));
  const keys = [named, pick(ports, index), pick(tls, index), pick(limits, Math.floor(index / 2))];
  const proxy = `proxy: { ${keys.filter((key) => key !== '').join(', ')} }`;
  const all = [proxy, pick(services, index)].filter((key) => key !== '').join(', ');
  return ['name: home', pick(workers, Math.floor(index / 5)), `services: { ${all} }`].join('\n');
}

export const proxySpecs: readonly string[] = Array.from({ length: 60 }, (_, index) => spec(index));

/** As in containers, or as local processes; everything below one folder. */
export function surroundingsIn(folder: string, kind: Surroundings['kind']): Surroundings {
  return {
    kind,
    address: (service, port) => (kind === 'containers' ? `${service}:${port}` : `127.0.0.1:${port}`),
    addresses: (service, port) => [`${service}:${port}`],
    bind: () => (kind === 'containers' ? '0.0.0.0' : '127.0.0.1'),
    listen: (_, port) => port,
    program: (name) => name,
    config: (file) => `${folder}/configs/${file}`,
    secret: (path) => `${folder}/secrets/${path}`,
    folder: (source: string) => source,
    scratch: () => `${folder}/scratch`,
    state: (service) => `${folder}/state/${service}`,
  };
}
