// What may a person write about pools of workers that come and go, and about the clouds where they do?
import type { Duration, Size, WorkerDefaultsSpec } from './types.ts';

/** Who brings a worker of the pool, and takes it away. */
export type PoolProvider = 'aws' | 'compose' | 'gcp' | 'kubernetes' | 'static' | 'swarm';

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export type SpotSpec = {
  readonly share?: number;
  readonly onDemandBase?: number;
  readonly fallbackAfter?: Duration;
};

export type PoolScheduleSpec = {
  readonly days?: readonly Weekday[];
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly min?: number;
  readonly max?: number;
};

export type BudgetSpec = { readonly day?: number; readonly month?: number };

export type PoolSpec = {
  readonly provider: PoolProvider;
  readonly min?: number;
  readonly max?: number;
  readonly worker?: Omit<WorkerDefaultsSpec, 'targets'>;
  readonly idle?: Duration;
  readonly bootDeadline?: Duration;
  readonly schedules?: readonly PoolScheduleSpec[];
  readonly region?: string;
  readonly zones?: readonly string[];
  readonly gpuMemory?: Size;
  readonly instances?: Readonly<Record<string, number>>;
  readonly hostImage?: string;
  readonly disk?: Size;
  readonly spot?: boolean | SpotSpec;
  readonly maxPrice?: number;
  readonly budget?: BudgetSpec;
  readonly warm?: number;
};

/** How instances reach the orchestrator. */
export type ReachSpec = {
  readonly by: 'control-plane' | 'public' | 'vpn';
  readonly url?: string;
  readonly instance?: string;
  readonly certificate?: string;
  readonly runs?: readonly string[];
};

export type CloudSpec = {
  readonly orchestrator: ReachSpec;
  readonly network?: string;
  readonly subnets?: readonly string[];
  readonly logDays?: number;
  readonly alertsTo?: string;
};

export type CloudsSpec = {
  readonly aws?: CloudSpec;
  readonly gcp?: CloudSpec & { readonly project: string };
};
