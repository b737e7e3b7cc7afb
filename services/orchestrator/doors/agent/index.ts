// Which routes do our own agents use?
import type { House } from '../door.ts';
import type { App } from '../server.ts';
import { failingRoute } from './failing.ts';
import { agentFileRoutes, agentUploads } from './files.ts';
import { joinRoute } from './join.ts';
import { leaseRoutes } from './leases.ts';
import { programRoutes } from './program.ts';
import { registerRoute } from './register.ts';
import { streamRoutes } from './stream.ts';

export { sendEffect } from './stream.ts';
export { agentUploads };

export const agentRoutes = (app: App, house: House): void => {
  joinRoute(app, house);
  registerRoute(app, house);
  streamRoutes(app, house);
  leaseRoutes(app, house);
  failingRoute(app, house);
  programRoutes(app, house);
  agentFileRoutes(app, house);
};
