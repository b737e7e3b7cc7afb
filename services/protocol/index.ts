// Front door of the wire: everything that may cross between the orchestrator, its agents and its clients.
export * from './agent.ts';
export * from './agent-paths.ts';
export * from './api.ts';
export * from './downloads.ts';
export * from './failing.ts';
export * from './invite.ts';
export * from './job.ts';
export * from './text.ts';
export * from './update.ts';
export * from './worker.ts';
