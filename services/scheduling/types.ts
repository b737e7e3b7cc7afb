// Which words does the scheduler speak? Plain values only, one file per noun.
export type * from './types/change.ts';
export type * from './types/decision.ts';
export type * from './types/event.ts';
export type * from './types/invite.ts';
export type * from './types/job.ts';
export type * from './types/lease.ts';
export type * from './types/rollout.ts';
export type * from './types/state.ts';
export type * from './types/time.ts';
export type * from './types/worker.ts';
