// What does a fleet consist of? Plain values that both clouds translate, and what they cost.
import type { CloudName, CloudNetwork, CloudPool, Reach, Spot } from '../stacks/cluster/types-pools.ts';
import type { Finding } from '../stacks/spec/types.ts';

export type Gpu = {
  readonly model: string;
  readonly count: number;
  /** Of each card, as the vendor names it. */
  readonly memoryMiB: number;
};

/** A machine type as a cloud sells it. */
export type Machine = {
  /** On gcp an attached card follows a `+`. */
  readonly type: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly gpu: Gpu | null;
  readonly architecture: 'arm64' | 'x64';
};

/** USD for an hour. */
export type Price = {
  readonly onDemand: number;
  /** What spot costs on most days; it moves, and never exceeds `onDemand` here. */
  readonly spot: number;
};

/** What a cloud asks, in the region that `factors` calls 1. */
export type CloudPrices = {
  readonly machines: Readonly<Record<string, Price>>;
  /** By region: how much dearer. */
  readonly factors: Readonly<Record<string, number>>;
  /** USD for a month of one GiB of disk. */
  readonly diskGiBMonth: number;
  /** USD for a month of one GiB of a copy of a disk. */
  readonly snapshotGiBMonth: number;
  /** USD for a month of each secret that is kept, and of the key for all of them. */
  readonly secretMonth: number;
  readonly keyMonth: number;
  /** USD for an hour of each. */
  readonly natHour: number;
  readonly balancerHour: number;
};

export type PriceTable = {
  /** When these were list prices, as 2026-11-23. */
  readonly date: string;
  readonly clouds: Readonly<Record<CloudName, CloudPrices>>;
};

/** One autoscaling group: all that a cloud must be told about a pool. */
export type Group = {
  readonly pool: string;
  /** `<cluster>-<pool>`: how the cloud knows it. */
  readonly name: string;
  /** As the cloud knows the token of its class. */
  readonly tokenSecret: string;
  /** As the cloud knows where its machines say what happens. */
  readonly log: string;
  readonly region: string;
  /** Empty: all of the region. */
  readonly zones: readonly string[];
  readonly min: number;
  readonly max: number;
  /** Cheapest first; at least one. */
  readonly machines: readonly (Machine & { readonly weight: number })[];
  readonly spot: Spot | null;
  readonly maxPrice: number | null;
  readonly hostImage: string | null;
  readonly diskGiB: number;
  readonly warm: number;
  readonly idleSeconds: number;
  readonly bootDeadlineSeconds: number;
  readonly drainSeconds: number;
  /** Of its workers. */
  readonly labels: Readonly<Record<string, string>>;
  /** USD. */
  readonly budget: CloudPool['budget'];
  /** On everything that costs: who counts the bill and who reaps go by them. */
  readonly tags: Readonly<Record<string, string>>;
};

/** Everything that one cloud is told. */
export type Fleet = {
  readonly cloud: CloudName;
  readonly cluster: string;
  readonly project: string | null;
  /** In which everything lies; all pools of a cloud are in one. */
  readonly region: string;
  readonly reach: Reach;
  /** Of the orchestrator, as the machines call it. */
  readonly url: string;
  /** Where `reach.by` is control-plane; else null. */
  readonly controlPlane: Machine | null;
  readonly network: CloudNetwork;
  readonly logDays: number;
  readonly alertsTo: string | null;
  /** Sorted by name. */
  readonly groups: readonly Group[];
};

/** A fleet, or what stands in its way. */
export type Decided = { readonly fleet: Fleet | null; readonly findings: readonly Finding[] };
