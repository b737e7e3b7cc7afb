// How does an agent say that it keeps failing? With its token alone: it may have no session, and may be gone by now.
import { agentPaths, FailingReport } from '../../../protocol/index.ts';
import type { House } from '../door.ts';
import { checked } from '../json.ts';
import { accepted } from '../refused.ts';
import type { App } from '../server.ts';
import { callingWorker } from './caller.ts';

export const failingRoute = (app: App, house: House): void => {
  app.post(agentPaths.failing, { config: { access: 'worker' } }, async (request) => {
    const { id: workerId } = callingWorker(house, request);
    const { failing } = checked(FailingReport, request.body);
    accepted(await house.conductor.run({ type: 'failing', workerId, failing }));
    return {};
  });
};
