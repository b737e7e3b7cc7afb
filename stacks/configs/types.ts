// What does a generated file need to know about the place where it will be read?
import type { Config } from '../catalog/types.ts';
import type { Cluster } from '../cluster/types.ts';

export type { Config };

/**
 * Names, ports and folders as the reader of a file sees them: they differ between containers, local processes and the units of
 * a host of the rack.
 */
export type Surroundings = {
  readonly kind: 'containers' | 'processes' | 'units';
  /** `host:port` where `service` answers; `port` is the one it listens on in its container. */
  address(service: string, port: number): string;
  /** As above, one for each place where it runs: classes of workers run in several. */
  addresses(service: string, port: number): readonly string[];
  /** The address on which `service` itself listens. */
  bind(service: string): string;
  /** The port on which `service` itself listens, where its container would listen on `port`. */
  listen(service: string, port: number): number;
  /** The absolute path of a generated file, as in `proxy/nginx.conf`. */
  config(file: string): string;
  /** The absolute path of a secret, as in `proxy/tls.key`; `reader`: whom it is for, if its folder is not named so. */
  secret(path: string, reader?: string): string;
  /** What starts a program that Muster does not bring, as in `nginx`. */
  program(name: string): string;
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
