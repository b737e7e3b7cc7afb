// What was decided? A Cluster is a ClusterSpec with every default filled in: nothing optional, sizes as numbers.

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
};

export type Orchestrator = {
  readonly port: number;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly heartbeatSeconds: number;
  readonly leaseTtlSeconds: number;
};

export type Cluster = {
  readonly name: string;
  readonly orchestrator: Orchestrator;
  /** Sorted by name; names are unique. */
  readonly workers: readonly WorkerClass[];
  /** The Muster that decided this: the tag of its images, and in the header of every generated file. */
  readonly version: string;
  /** SHA-256 (hex) over all of the above: stands in the header of every generated file. */
  readonly hash: string;
};

/** What the host has, as far as sizing asks. */
export type Host = { readonly cpus: number; readonly memoryMiB: number; readonly gpus: number };
