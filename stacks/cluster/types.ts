// What was decided? A Cluster is a ClusterSpec with every default filled in: nothing optional, sizes as numbers.

import type { TargetName } from '../spec/types.ts';
import type { Cloud, Pool } from './types-pools.ts';

export type * from './types-pools.ts';
export type { TargetName };

export type Gpus =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'count'; readonly count: number };

export type WorkerClass = {
  readonly name: string;
  readonly replicas: number;
  /** How many sessions the class's credential may open at once; `--scale` works up to here. */
  readonly maxReplicas: number;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly gpus: Gpus;
  readonly labels: Readonly<Record<string, string>>;
  /** A Debian- or Ubuntu-based image whose tools the jobs find; null for Muster's own. */
  readonly image: string | null;
  /** Given to every job of this class; sorted by name, as the labels are. */
  readonly environment: Readonly<Record<string, string>>;
  /** On SIGTERM running jobs may finish for so long before they are handed back. */
  readonly drainSeconds: number;
  readonly maxProcesses: number;
  /** Bad ends of its agent in a row until the worker shows as failing. */
  readonly maxRestartAttempts: number;
  readonly targets: readonly TargetName[];
};

export type Orchestrator = {
  readonly port: number;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly heartbeatSeconds: number;
  readonly leaseTtlSeconds: number;
  /** Of its state, on a rack; null: nobody makes them. */
  readonly backup: Backup | null;
};

export type Backup = {
  /** As systemd's OnCalendar reads it. */
  readonly calendar: string;
  /** How many of them stay. */
  readonly keep: number;
};

/** What the services of the stack have in common. */
export type Basics = { readonly image: string; readonly cpus: number; readonly memoryMiB: number };

/** Shares of the memory limit; false: the step is off. */
export type DaskFractions = Readonly<Record<'target' | 'spill' | 'pause' | 'terminate', number | false>>;

export type DaskWorkerClass = {
  /** The class as written; its service is named `dask-<name>`. */
  readonly name: string;
  readonly replicas: number;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly gpus: Gpus;
  readonly processes: number;
  /** Of each process. */
  readonly threads: number;
  /** Of each process. */
  readonly memoryLimitMiB: number;
  readonly memoryFractions: DaskFractions;
  readonly deathTimeoutSeconds: number;
  /** On SIGTERM running tasks may end and results move to other workers for so long. */
  readonly drainSeconds: number;
  /** Of each process; sorted by name. */
  readonly resources: Readonly<Record<string, number>>;
  readonly targets: readonly TargetName[];
};

export type Dask = Basics & {
  /** On loopback of the host; null: not published. */
  readonly port: number | null;
  readonly dashboard: boolean;
  readonly tls: boolean;
  readonly compression: 'auto' | 'lz4' | 'zlib' | 'zstd' | 'snappy' | 'off';
  readonly logLevel: 'debug' | 'info' | 'warning' | 'error';
  /** Sorted by name. */
  readonly workers: readonly DaskWorkerClass[];
};

/** Null: what Ollama itself takes. */
export type OllamaNode = {
  /** Its service: `ollama`, or `ollama-<name>` where there are several. */
  readonly service: string;
  readonly replicas: number;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly gpus: Gpus;
  readonly models: readonly string[];
  /** A folder of the host, as written; null: a volume of its own. */
  readonly modelsPath: string | null;
  readonly parallel: number | null;
  readonly maxLoadedModels: number | null;
  readonly maxQueue: number | null;
  readonly keepAliveSeconds: number | null;
  readonly loadTimeoutSeconds: number | null;
  readonly contextLength: number | null;
  readonly kvCacheType: 'f16' | 'q8_0' | 'q4_0' | null;
  readonly flashAttention: boolean | null;
  readonly gpuOverheadMiB: number | null;
  readonly spreadOverGpus: boolean | null;
  readonly cloud: boolean;
};

export type Ollama = {
  readonly image: string;
  readonly port: number;
  /** Sorted by service; at least one. */
  readonly nodes: readonly OllamaNode[];
};

export type OpenWebui = Basics & {
  readonly port: number;
  readonly title: string;
  readonly adminEmail: string;
  readonly signUp: boolean;
};

export type ProxyTls =
  | { readonly kind: 'local' }
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string }
  | { readonly kind: 'acme'; readonly email: string; readonly directory: string };

export type ReverseProxy = Basics & {
  /** At least one; the first is the one that pages link to. */
  readonly hosts: readonly string[];
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly public: boolean;
  readonly tls: ProxyTls;
  readonly uploadLimitMiB: number;
  readonly requestsPerSecond: number;
};

export type Prometheus = Basics & {
  readonly port: number;
  readonly retentionSeconds: number;
  readonly scrapeIntervalSeconds: number;
};

export type Alertmanager = Basics & {
  readonly port: number;
  /** `user` null: the server asks for no password. */
  readonly email: {
    readonly to: string;
    readonly from: string;
    readonly server: string;
    readonly user: string | null;
  } | null;
  readonly webhook: boolean;
};

export type Grafana = Basics & { readonly port: number };

export type Visualizer = Basics & { readonly port: number };

/** Null: left out. */
export type Stack = {
  readonly dask: Dask | null;
  readonly ollama: Ollama | null;
  readonly openWebui: OpenWebui | null;
  readonly proxy: ReverseProxy | null;
  readonly prometheus: Prometheus | null;
  readonly alertmanager: Alertmanager | null;
  readonly grafana: Grafana | null;
  readonly visualizer: Visualizer | null;
};

export type Swarm = {
  /** Null: images are shipped to each node. */
  readonly registry: string | null;
  readonly endpoint: 'vip' | 'dnsrr';
  readonly encrypted: boolean;
  readonly workersOnManagers: boolean;
  /** Node name → address of its engine; sorted by name. */
  readonly engines: Readonly<Record<string, string>>;
};

export type RackHost = {
  readonly name: string;
  /** Under which the other hosts reach its services: in the private network, where there is one. */
  readonly address: string;
  /** Where SSH reaches it. */
  readonly sshAddress: string;
  /** `address:port` for what WireGuard encrypts; null: nobody can dial it, or nobody has to. */
  readonly endpoint: string | null;
  /** Who signs in over SSH. */
  readonly user: string;
  /** Null: nobody does. */
  readonly sshPort: number | null;
  /** Services as the catalog names them, sorted; only those that the cluster has. */
  readonly runs: readonly string[];
  /** Docker's, for what the rack itself does not run. */
  readonly engine: boolean;
  readonly swarm: 'manager' | 'worker' | null;
};

/** Made by WireGuard between the hosts of a rack. */
export type PrivateNetwork = {
  /** As `10.90.0.0/16`. */
  readonly subnet: string;
  /** UDP, of every host. */
  readonly port: number;
};

export type Rack = {
  /** Null: the hosts have one of their own. */
  readonly network: PrivateNetwork | null;
  /** Sorted by name; at least one. */
  readonly hosts: readonly RackHost[];
};

export type Cluster = {
  readonly name: string;
  readonly orchestrator: Orchestrator;
  /** Sorted by name; names are unique. */
  readonly workers: readonly WorkerClass[];
  /** Sorted by name; the class of each is among the workers. */
  readonly pools: readonly Pool[];
  /** Sorted by name. */
  readonly clouds: readonly Cloud[];
  readonly stack: Stack;
  readonly swarm: Swarm;
  readonly rack: Rack;
  /** The Muster that decided this: the tag of its images, and in the header of every generated file. */
  readonly version: string;
  /** SHA-256 (hex) over all of the above: stands in the header of every generated file. */
  readonly hash: string;
};

/** What the host has, as far as sizing asks. */
export type Host = { readonly cpus: number; readonly memoryMiB: number; readonly gpus: number };
