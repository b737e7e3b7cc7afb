// What does a generated file need to know about the place where it will be read?
import type { Config } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';

export type { Config };

/** Names, ports and folders as the reader of a file sees them: they differ between containers and local processes. */
export type Surroundings = {
  readonly kind: 'containers' | 'processes';
  /** `host:port` where `service` answers; `port` is the one it listens on in its container. */
  address(service: string, port: number): string;
  /** The port on which `service` itself listens, where its container would listen on `port`. */
  listen(service: string, port: number): number;
  /** The absolute path of a generated file, as in `proxy/nginx.conf`. */
  config(file: string): string;
  /** The absolute path of a secret, as in `proxy/tls.key`. */
  secret(path: string): string;
  /** The absolute path of a folder of `service` that may be written and is empty at its start. */
  scratch(service: string): string;
  /** A folder of the host that the spec names, where `mounted` is its place in a container. */
  folder(source: string, mounted: string): string;
  /** The absolute path of the folder of `service` that survives a restart. */
  state(service: string): string;
};

/** One kind of generated file: a cluster may need none, one or many of it. */
export type ConfigEntry = {
  /** One line for the reference. */
  readonly summary: string;
  render(cluster: Cluster, at: Surroundings): readonly Config[];
};
