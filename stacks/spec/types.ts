// What may a person write in cluster.yaml? One type per block; every field is documented once, in schema.ts.

import type { CloudsSpec, PoolSpec } from './types-pools.ts';

export type * from './types-pools.ts';

/** A memory size as written: a number with a unit, such as `8GiB` or `512MB`. */
export type Size = string;

/** A time as written: a number with a unit, such as `30s`, `10m` or `1h`. */
export type Duration = string;

/** A kind of place that a class of workers is for; the embedded form counts as `compose`. */
export type TargetName = 'compose' | 'swarm' | 'systemd';

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
  readonly maxRestartAttempts?: number;
  readonly targets?: readonly TargetName[];
};

export type WorkerSpec = WorkerDefaultsSpec & {
  readonly replicas?: number;
  readonly maxReplicas?: number;
};

/** A calendar as `daily`, `03:30` or `Mon,Thu 03:30`; how many stay. */
export type BackupSpec = { readonly at?: string; readonly keep?: number };

export type OrchestratorSpec = {
  readonly port?: number;
  readonly cpus?: number;
  readonly memory?: Size;
  readonly heartbeat?: Duration;
  readonly leaseTtl?: Duration;
  readonly backup?: BackupSpec | boolean;
};

/** What every service of the stack may be given. */
export type ServiceSpec = { readonly image?: string; readonly cpus?: number; readonly memory?: Size };

/** Shares of the memory limit of a Dask worker process; `false` switches the step off. */
export type DaskFractionsSpec = {
  readonly target?: number | false;
  readonly spill?: number | false;
  readonly pause?: number | false;
  readonly terminate?: number | false;
};

export type DaskWorkerSpec = {
  readonly replicas?: number;
  readonly cpus?: number;
  readonly memory?: Size;
  readonly gpus?: GpuSpec;
  readonly processes?: number;
  readonly threads?: number;
  readonly memoryLimit?: Size;
  readonly memoryFractions?: DaskFractionsSpec;
  readonly deathTimeout?: Duration;
  readonly drainGrace?: Duration;
  readonly resources?: Readonly<Record<string, number>>;
  readonly targets?: readonly TargetName[];
};

export type DaskSpec = ServiceSpec & {
  readonly port?: number;
  readonly dashboard?: boolean;
  readonly tls?: boolean;
  readonly compression?: 'auto' | 'lz4' | 'zlib' | 'zstd' | 'snappy' | 'off';
  readonly logLevel?: 'debug' | 'info' | 'warning' | 'error';
  readonly workers?: Readonly<Record<string, DaskWorkerSpec>>;
};

export type OllamaNodeSpec = {
  readonly replicas?: number;
  readonly cpus?: number;
  readonly memory?: Size;
  readonly gpus?: GpuSpec;
  readonly models?: readonly string[];
  readonly modelsPath?: string;
  readonly parallel?: number;
  readonly maxLoadedModels?: number;
  readonly maxQueue?: number;
  readonly keepAlive?: Duration;
  readonly loadTimeout?: Duration;
  readonly contextLength?: number;
  readonly kvCacheType?: 'f16' | 'q8_0' | 'q4_0';
  readonly flashAttention?: boolean;
  readonly gpuOverhead?: Size;
  readonly spreadOverGpus?: boolean;
  readonly cloud?: boolean;
};

export type OllamaSpec = OllamaNodeSpec & {
  readonly image?: string;
  readonly port?: number;
  readonly nodes?: Readonly<Record<string, OllamaNodeSpec>>;
};

export type OpenWebuiSpec = ServiceSpec & {
  readonly port?: number;
  readonly title?: string;
  readonly admin?: string;
  readonly signUp?: boolean;
};

export type ProxyTlsSpec = {
  readonly certificate?: string;
  readonly key?: string;
  readonly acme?: { readonly email: string; readonly directory?: string };
};

export type ProxySpec = ServiceSpec & {
  readonly hosts?: readonly string[];
  readonly httpPort?: number;
  readonly httpsPort?: number;
  readonly public?: boolean;
  readonly tls?: 'local' | ProxyTlsSpec;
  readonly uploadLimit?: Size;
  readonly requestsPerSecond?: number;
};

export type PrometheusSpec = ServiceSpec & {
  readonly port?: number;
  readonly retention?: Duration;
  readonly scrapeInterval?: Duration;
};

export type AlertmanagerSpec = ServiceSpec & {
  readonly port?: number;
  readonly email?: { readonly to: string; readonly from: string; readonly server: string; readonly user?: string };
  readonly webhook?: boolean;
};

export type GrafanaSpec = ServiceSpec & { readonly port?: number };

export type VisualizerSpec = ServiceSpec & { readonly port?: number };

/** `true` or `{}` takes every default; `false`, or no key, leaves the service out. */
export type ServicesSpec = {
  readonly dask?: boolean | DaskSpec;
  readonly ollama?: boolean | OllamaSpec;
  readonly 'open-webui'?: boolean | OpenWebuiSpec;
  readonly proxy?: boolean | ProxySpec;
  readonly prometheus?: boolean | PrometheusSpec;
  readonly alertmanager?: boolean | AlertmanagerSpec;
  readonly grafana?: boolean | GrafanaSpec;
  readonly visualizer?: boolean | VisualizerSpec;
};

export type SwarmSpec = {
  readonly registry?: string;
  readonly endpoint?: 'vip' | 'dnsrr';
  readonly encrypted?: boolean;
  readonly workersOnManagers?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
};

export type RackHostSpec = {
  readonly address: string;
  readonly user?: string;
  readonly sshPort?: number;
  readonly runs?: readonly string[];
  readonly engine?: 'docker';
  readonly swarm?: 'manager' | 'worker';
  readonly wireguard?: string;
  readonly endpoint?: string;
};

export type WireguardSpec = { readonly kind: 'wireguard'; readonly subnet?: string; readonly port?: number };

export type RackSpec = {
  readonly network?: 'wireguard' | WireguardSpec;
  readonly hosts?: Readonly<Record<string, RackHostSpec>>;
};

export type ClusterSpec = {
  readonly name: string;
  readonly orchestrator?: OrchestratorSpec;
  readonly defaults?: { readonly worker?: WorkerDefaultsSpec };
  readonly workers?: Readonly<Record<string, WorkerSpec>>;
  readonly services?: ServicesSpec;
  readonly pools?: Readonly<Record<string, PoolSpec>>;
  readonly clouds?: CloudsSpec;
  readonly swarm?: SwarmSpec;
  readonly rack?: RackSpec;
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
