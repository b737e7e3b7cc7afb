// Front door of the scheduler: pure rules over jobs, workers and leases.
export { decide } from './decide.ts';
export { demand, queuedSince, type Waiting } from './demand.ts';
export { formatFence, parseFence, sameFence } from './fence.ts';
export { globMatches } from './glob.ts';
export { freeName, type InviteState, inviteState } from './invites.ts';
export { queuedJob } from './queued-job.ts';
export { mostAtOnce, wishFor } from './rollout.ts';
export { applyChanges, emptyState, holder } from './state.ts';
export { classOf, gpuUse, leaseCount, workersByClass } from './supply.ts';
export * from './types.ts';
export { jobView, workerState, workerView } from './views.ts';
