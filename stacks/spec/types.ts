// What may a person write in cluster.yaml? One type per block; every field is documented once, in schema.ts.

/** A memory size as written: a number with a unit, such as `8GiB` or `512MB`. */
export type Size = string;

/** A time as written: a number with a unit, such as `30s`, `10m` or `1h`. */
export type Duration = string;

/** How many GPUs a worker takes: all that the host has (`auto`), a count, or `none`. */
export type GpuSpec = 'auto' | 'none' | number;

export type WorkerDefaultsSpec = {
  readonly cpus?: number;
  readonly memory?: Size;
  readonly gpus?: GpuSpec;
  readonly labels?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly drainGrace?: Duration;
  readonly maxProcesses?: number;
};

export type WorkerSpec = WorkerDefaultsSpec & {
  readonly replicas?: number;
  readonly maxReplicas?: number;
};

export type OrchestratorSpec = {
  readonly port?: number;
  readonly cpus?: number;
  readonly memory?: Size;
  readonly heartbeat?: Duration;
  readonly leaseTtl?: Duration;
};

export type ClusterSpec = {
  readonly name: string;
  readonly orchestrator?: OrchestratorSpec;
  readonly defaults?: { readonly worker?: WorkerDefaultsSpec };
  readonly workers?: Readonly<Record<string, WorkerSpec>>;
};

/** Something wrong with a key, before anybody looked where that key stands in the file. */
export type Finding = {
  readonly severity: 'error' | 'warning';
  /** The keys from the root; empty for the document itself. */
  readonly path: readonly string[];
  /** Set when the last key of the path is wrong, not its value: the place is then the key's. */
  readonly isKey?: true;
  /** `expected …, got …`, one sentence without a final dot. */
  readonly message: string;
  /** What to do about it; printed after an arrow on a line of its own. */
  readonly remedy?: string;
};

/** A finding with its place in the input. */
export type Problem = Omit<Finding, 'path' | 'isKey'> & {
  /** The file as the caller named it; line and column count from 1. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The keys joined by `/`; empty for the document itself. */
  readonly path: string;
};
