// What does any target need to know about a service? Everything decided, in no tool's words.
import type { Cluster, Gpus } from '../cluster/types.ts';

/** One image that Muster builds. */
export type Image = {
  /** Name and exact tag. */
  readonly reference: string;
  /** Which daemon is in it: names the folder under services/ that holds the Dockerfile. */
  readonly daemon: 'orchestrator' | 'agent';
  /** The image that a class asks for, to which agent and Node are added; null: Muster's own base. */
  readonly base: string | null;
};

/** A folder of secrets below the host's secrets folder, as files of mode 0600. */
export type SecretsFolder = {
  /** Relative to the secrets folder; empty for the whole. */
  readonly folder: string;
  readonly path: string;
  readonly writable: boolean;
  /** Is it there before any service starts? Otherwise the service that others wait for makes it. */
  readonly exists: boolean;
};

/** A folder on disk that survives a restart; with `name` null each replica has one of its own, gone with the replica. */
export type State = { readonly name: string | null; readonly path: string };

/** A folder in memory, empty at each start. */
export type Scratch = { readonly path: string; readonly sizeMiB: number; readonly executable: boolean };

/** `published` is on the host, on loopback only. */
export type Port = { readonly container: number; readonly published: number };

export type Health = {
  /** Program and arguments; exit 0 is healthy. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly startSeconds: number;
  readonly retries: number;
};

export type Limits = { readonly cpus: number; readonly memoryMiB: number; readonly processes: number };

/** `front` reaches published ports, `back` has no way out, `egress` is a way out. */
export type Network = 'front' | 'back' | 'egress';

export type Dependency = {
  readonly service: string;
  readonly until: 'healthy' | 'done';
  /** The service may be left out, when it runs elsewhere. */
  readonly optional: boolean;
};

export type Service = {
  readonly name: string;
  /** A `daemon` stays up; a `one-shot` ends with 0 when its work is done. */
  readonly role: 'daemon' | 'one-shot';
  readonly image: Image;
  /** Arguments to the image's entry point; null for the image's own. */
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that are handed on from the caller's environment, where they are set there. */
  readonly passThrough: readonly string[];
  readonly secrets: readonly SecretsFolder[];
  readonly state: readonly State[];
  readonly scratch: readonly Scratch[];
  readonly ports: readonly Port[];
  /** Null for a one-shot. */
  readonly health: Health | null;
  readonly limits: Limits;
  /** Empty: no network at all. */
  readonly networks: readonly Network[];
  readonly dependsOn: readonly Dependency[];
  /** From SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
  readonly gpus: Gpus;
  readonly replicas: number;
  /** Replicas may be added while it runs. */
  readonly scalable: boolean;
  /** Left out when MUSTER_ORCHESTRATOR_URL names an orchestrator elsewhere. */
  readonly local: boolean;
};

/** One kind of service: a cluster may need none, one or many of it. */
export type CatalogEntry = {
  /** One line for the reference. */
  readonly summary: string;
  services(cluster: Cluster): readonly Service[];
};
