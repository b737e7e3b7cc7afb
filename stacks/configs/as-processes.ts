// Where do services find each other and their files as processes of one machine?
import type { Service } from '../catalog/types.ts';
import type { Surroundings } from './types.ts';

/** Ports that a service listens on, as in its container. */
export function portsOf({ name, ports, program }: Service): readonly number[] {
  const published = ports.map(({ container }) => container);
  if (name === 'dask-scheduler') return [...new Set([...published, 8786, 8787])];
  if (program === 'dask') return [9002];
  if (program === 'ollama') return [11434];
  return program === 'nginx' ? [...published, 8082, 11434] : published;
}

/** Above what programs of a machine usually listen on, below what the kernel gives to whoever asks for any port. */
const insideOffset = 12_000;

/** Everything is on loopback. A port that a service publishes is the spec's; the others lie in a range of their own. */
export function hostPorts(services: readonly Service[], orchestratorPort: number): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const { name, ports: published } of services) {
    for (const port of published) ports.set(`${name}:${port.container}`, port.published);
  }
  ports.set('orchestrator:8080', orchestratorPort);
  const taken = new Set(ports.values());
  for (const service of services) {
    for (const port of portsOf(service)) {
      const key = `${service.name}:${port}`;
      if (ports.has(key)) continue;
      let free = port + insideOffset;
      while (taken.has(free)) free += 1;
      taken.add(free);
      ports.set(key, free);
    }
  }
  return ports;
}

export type LocalPlace = {
  /** `.muster`, absolute. */
  readonly home: string;
  /** The folder of cluster.yaml, absolute. */
  readonly root: string;
  /** Of the orchestrator. */
  readonly port: number;
};

export function asProcesses(
  services: readonly Service[],
  { home, port: orchestratorPort, root }: LocalPlace,
): Surroundings {
  const ports = hostPorts(services, orchestratorPort);
  const listen = (service: string, port: number): number => ports.get(`${service}:${port}`) ?? port;
  return {
    kind: 'processes',
    address: (service, port) => `127.0.0.1:${listen(service, port)}`,
    addresses: (service, port) => [`127.0.0.1:${listen(service, port)}`],
    bind: () => '127.0.0.1',
    listen,
    config: (file) => `${home}/run/configs/${file}`,
    secret: (path) => `${home}/secrets/${path}`,
    program: (name) => name,
    scratch: (service) => `${home}/run/scratch/${service}`,
    folder: (source) => (source.startsWith('/') ? source : `${root}/${source}`),
    state: (service) => `${home}/services/${service}`,
  };
}
