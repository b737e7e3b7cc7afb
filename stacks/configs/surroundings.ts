// Where do services find each other and their files inside containers? The catalog mounts them there.
import type { Surroundings } from './types.ts';

/** Compose and Swarm alike: services answer under their names. */
export const inContainers: Surroundings = {
  kind: 'containers',
  address: (service, port) => `${service}:${port}`,
  listen: (_, port) => port,
  config: (file) => `/etc/muster/${file}`,
  secret: (path) => `/run/muster/secrets/${path}`,
  scratch: () => '/tmp',
  state: () => '/var/lib/muster',
};
