// Where do services find each other and their files inside containers?
import type { Surroundings } from './types.ts';

/** Compose and Swarm alike: services answer under their names, and the catalog mounts their files there. */
export const inContainers: Surroundings = {
  kind: 'containers',
  address: (service, port) => `${service}:${port}`,
  addresses: (service, port) => [`${service}:${port}`],
  bind: () => '0.0.0.0',
  listen: (_, port) => port,
  config: (file) => `/etc/muster/${file}`,
  secret: (path) => `/run/muster/secrets/${path}`,
  program: (name) => name,
  scratch: () => '/tmp',
  folder: (_, mounted) => mounted,
  state: () => '/var/lib/muster',
};
