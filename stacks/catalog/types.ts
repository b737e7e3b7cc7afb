// What does any target need to know about a service? Everything decided, in no tool's words.
import type { Cluster, Gpus, TargetName } from '../cluster/types.ts';

/** How Muster builds an image. */
export type Build = {
  /** Which daemon is in it: names the folder under services/ that holds the Dockerfile. */
  readonly daemon: 'orchestrator' | 'agent';
  /** The image that a class asks for, to which agent and Node are added; null: Muster's own base. */
  readonly base: string | null;
};

export type Image = {
  /** Name and exact tag or digest. */
  readonly reference: string;
  /** Null: it is pulled. */
  readonly build: Build | null;
};

/** A generated file that a service reads: `file` is its path among the configs, as in `proxy/nginx.conf`. */
export type ConfigMount = { readonly file: string; readonly path: string };

/** A folder of the host, as the spec names it: absolute, or relative to cluster.yaml. */
export type HostFolder = { readonly source: string; readonly path: string; readonly writable: boolean };

/** Services that come up together: `make up-workers` starts one of them, `make up` all. */
export type Profile = 'workers' | 'ai' | 'monitoring';

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

/** A port of the host. */
export type Port = {
  readonly container: number;
  readonly published: number;
  /** On every address of the host; otherwise on loopback only, and on a swarm not at all. */
  readonly public: boolean;
};

export type Health = {
  /** Program and arguments; exit 0 is healthy. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly startSeconds: number;
  readonly retries: number;
};

export type Limits = { readonly cpus: number; readonly memoryMiB: number; readonly processes: number };

/**
 * `front` reaches published ports, `back` has no way out, `egress` is a way out. On `back` a service is reached under
 * its name, on any port it listens on. `engine`, of swarms only, joins who asks the engine with who lets few questions
 * through.
 */
export type Network = 'front' | 'back' | 'egress' | 'engine';

export type Dependency = {
  readonly service: string;
  /** `started` does not wait for health: a sick service must not keep another one down. */
  readonly until: 'started' | 'healthy' | 'done';
  /** The service may be left out, when it runs elsewhere. */
  readonly optional: boolean;
};

export type Service = {
  readonly name: string;
  /** A `daemon` stays up; a `one-shot` ends with 0 when its work is done. */
  readonly role: 'daemon' | 'one-shot';
  readonly image: Image;
  readonly profile: Profile;
  /** Where it runs; on the others it is left out. */
  readonly targets: readonly TargetName[];
  /** What it is on the PATH of a machine without an engine; null: it needs a container. */
  readonly program: string | null;
  /** Program and first arguments instead of the image's entry point; null for the image's own. */
  readonly entrypoint: readonly string[] | null;
  /** Arguments to the entry point; null for the image's own. */
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that are handed on from the caller's environment, where they are set there. */
  readonly passThrough: readonly string[];
  readonly configs: readonly ConfigMount[];
  readonly secrets: readonly SecretsFolder[];
  readonly folders: readonly HostFolder[];
  /** Sees the engine's socket, which belongs to root: the one service that runs as root, without any capability. */
  readonly engineSocket: boolean;
  readonly state: readonly State[];
  readonly scratch: readonly Scratch[];
  readonly ports: readonly Port[];
  /** Null for a one-shot. */
  readonly health: Health | null;
  readonly limits: Limits;
  /** Empty: no network at all. */
  readonly networks: readonly Network[];
  /** Further names on `back`, shared with other services: who asks gets one of them. */
  readonly aliases: readonly string[];
  readonly dependsOn: readonly Dependency[];
  /** From SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
  readonly gpus: Gpus;
  readonly replicas: number;
  /** Replicas may be added while it runs. */
  readonly scalable: boolean;
  /** Holds a lock or a volume: the old one must have ended before the new one starts. */
  readonly exclusive: boolean;
  /** Left out when MUSTER_ORCHESTRATOR_URL names an orchestrator elsewhere. */
  readonly local: boolean;
};

/** A generated file, by its path among the configs; the same for every target that runs containers. */
export type Config = { readonly path: string; readonly text: string; readonly mode: number };

/** A host as another one sees it. */
export type WireguardPeer = {
  readonly name: string;
  /** Its private key among the secrets, from which its public one follows. */
  readonly of: string;
  readonly address: string;
  /** `address:port`; null: it dials. */
  readonly endpoint: string | null;
};

/**
 * A file below the secrets folder that is made on first use and never changed: 0600 in folders of 0700. Whoever starts
 * a cluster makes what is missing, in this order.
 */
export type SecretFile =
  /** `<prefix>_` and 256 random bits. */
  | { readonly kind: 'token'; readonly path: string; readonly prefix: string }
  | { readonly kind: 'password'; readonly path: string }
  /** One line for nginx: the user and a salted hash of the password in `of`. */
  | { readonly kind: 'htpasswd'; readonly path: string; readonly user: string; readonly of: string }
  /** Lines of an nginx map that admit the bearer token in `of`. */
  | { readonly kind: 'bearer-map'; readonly path: string; readonly of: string }
  /** A certificate authority of the cluster's own: `<path>.crt` and `<path>.key`. */
  | { readonly kind: 'authority'; readonly path: string; readonly name: string }
  /** `<path>.crt` and `<path>.key`, signed by the authority at `by`; made anew when it ends soon or names changed. */
  | {
      readonly kind: 'certificate';
      readonly path: string;
      readonly by: string;
      readonly names: readonly string[];
      readonly use: 'server' | 'server-and-client';
    }
  /** A private key of WireGuard. */
  | { readonly kind: 'wireguard-key'; readonly path: string }
  /** What `wg setconf` reads on one host: the private key in `of`, and the public keys of those in `peers`. */
  | {
      readonly kind: 'wireguard';
      readonly path: string;
      readonly of: string;
      readonly port: number;
      readonly peers: readonly WireguardPeer[];
    }
  /** A copy of a secret, for a folder of its own that one service sees. */
  | { readonly kind: 'copy'; readonly path: string; readonly of: string }
  /** A copy of a file that the user names, absolute or relative to cluster.yaml. */
  | { readonly kind: 'given'; readonly path: string; readonly source: string };

/** A secret that only the user has: whoever starts a cluster says which ones are missing, and starts it all the same. */
export type BroughtSecret = { readonly path: string; readonly what: string };

/** One kind of service: a cluster may need none, one or many of it. */
export type CatalogEntry = {
  /** One line for the reference. */
  readonly summary: string;
  services(cluster: Cluster): readonly Service[];
  /** What must lie in the secrets folder before they start. */
  secretFiles?(cluster: Cluster): readonly SecretFile[];
  /** What the user must put there. */
  broughtSecrets?(cluster: Cluster): readonly BroughtSecret[];
};
