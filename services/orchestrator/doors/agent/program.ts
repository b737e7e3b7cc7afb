// What does an agent say of its own program, and where does it get the one that it is to become?
import { agentPaths, ProgramReport } from '../../../protocol/index.ts';
import type { House } from '../door.ts';
import { sendBlob } from '../job-files.ts';
import { checked } from '../json.ts';
import { accepted, Refused } from '../refused.ts';
import type { App } from '../server.ts';
import { callingWorker } from './caller.ts';

const config = { access: 'worker' as const };

export const programRoutes = (app: App, house: House): void => {
  const { conductor } = house;

  app.post(agentPaths.program, { config }, async (request) => {
    const { id: workerId } = callingWorker(house, request);
    const { session, ...program } = checked(ProgramReport, request.body);
    accepted(await conductor.run({ type: 'program', workerId, session, program }));
    return {};
  });

  app.get<{ Params: { sha256: string } }>(`${agentPaths.program}/:sha256`, { config }, async (request, reply) => {
    callingWorker(house, request);
    const { sha256 } = request.params;
    const programs = Object.values(conductor.state().rollout?.release.programs ?? {});
    if (!programs.some((program) => program.sha256 === sha256))
      throw new Refused(403, 'forbidden', `${sha256} is no program of the update that is under way`);
    return sendBlob(house, reply, sha256);
  });
};
