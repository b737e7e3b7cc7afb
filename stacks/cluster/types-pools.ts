// What was decided about pools and clouds? Every default filled in, nothing optional, amounts as numbers.
import type { PoolProvider, ReachSpec, Weekday } from '../spec/types-pools.ts';
import type { WorkerClass } from './types.ts';

export type { PoolProvider, Weekday };

/** Clouds whose machines Muster makes. */
export type CloudName = 'aws' | 'gcp';

export type Spot = {
  /** Of the machines beyond the base. */
  readonly sharePercent: number;
  /** Machines that are always on demand. */
  readonly onDemandBase: number;
  /** So long without a spot machine, then one on demand; null: never. */
  readonly fallbackSeconds: number | null;
};

export type Schedule = {
  /** In the order of the week; at least one. */
  readonly days: readonly Weekday[];
  /** Minutes since midnight by the clock of the zone; `to` before `from` lies on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Name of the IANA database. */
  readonly timeZone: string;
  readonly min: number;
  readonly max: number;
};

/** What only a pool of a cloud has. */
export type CloudPool = {
  readonly cloud: CloudName;
  readonly region: string;
  /** Empty: all of the region; sorted. */
  readonly zones: readonly string[];
  /** Of each GPU at least; 0 where the worker has none or any will do. */
  readonly gpuMemoryMiB: number;
  /** Weights by machine type, sorted; empty: every type that fits. */
  readonly instances: Readonly<Record<string, number>>;
  /** Null: a plain one of the cloud, or one with the drivers of GPUs. */
  readonly hostImage: string | null;
  readonly diskMiB: number;
  /** Null: on demand alone. */
  readonly spot: Spot | null;
  /** USD for an hour of one machine. */
  readonly maxPrice: number | null;
  /** USD. */
  readonly budget: { readonly day: number | null; readonly month: number | null };
  readonly warm: number;
};

export type Pool = {
  readonly name: string;
  readonly provider: PoolProvider;
  readonly min: number;
  readonly max: number;
  /** The class of its workers, of the same name; also among the workers of the cluster. */
  readonly worker: WorkerClass;
  readonly idleSeconds: number;
  readonly bootDeadlineSeconds: number;
  readonly schedules: readonly Schedule[];
  /** Null: not in a cloud. */
  readonly cloud: CloudPool | null;
};

export type Reach = {
  readonly by: ReachSpec['by'];
  /** Of the orchestrator; null with a control plane that only the network reaches. */
  readonly url: string | null;
  /** Machine type of the control plane; null: the smallest that holds it. */
  readonly instance: string | null;
  /** What the load balancer shows; null: the proxy's own, of the local authority. */
  readonly certificate: string | null;
  /** What the control plane runs, sorted; empty without one. */
  readonly runs: readonly string[];
};

export type CloudNetwork =
  | { readonly kind: 'new' }
  | { readonly kind: 'default' }
  | { readonly kind: 'named'; readonly name: string; readonly subnets: readonly string[] };

export type Cloud = {
  readonly name: CloudName;
  /** Null on aws, where the credentials say the account. */
  readonly project: string | null;
  readonly orchestrator: Reach;
  readonly network: CloudNetwork;
  readonly logDays: number;
  /** Null: nobody. */
  readonly alertsTo: string | null;
};
