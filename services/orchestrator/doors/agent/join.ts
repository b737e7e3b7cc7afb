// What happens when a machine comes with an invite? It becomes a worker, whose token it made itself.
import { agentPaths, Join, type Joined } from '../../../protocol/index.ts';
import type { House } from '../door.ts';
import { checked } from '../json.ts';
import { accepted, Refused } from '../refused.ts';
import type { App } from '../server.ts';
import { unseenWorker } from '../workers.ts';

export const joinRoute = (app: App, house: House): void => {
  const { classes, conductor } = house;
  app.post(agentPaths.join, { config: { access: 'join' } }, async (request): Promise<Joined> => {
    const { tokenHash } = checked(Join, request.body);
    const invite =
      request.caller?.kind === 'invite' ? conductor.state().invites.get(request.caller.inviteId) : undefined;
    if (!invite) throw new Refused(401, 'unauthorized', 'this invite is not known');
    const workerClass = classes.find(({ name }) => name === invite.class);
    if (!workerClass && invite.end === null)
      throw new Refused(410, 'unknown_class', `there is no class ${invite.class} any more; ask for another invite`);
    const known = conductor.indexes().workerByToken.get(tokenHash);
    if (known !== undefined && (invite.end?.kind !== 'used' || invite.end.workerId !== known))
      throw new Refused(409, 'token_taken', 'another worker has this token; make a new one');
    const facts = { name: invite.class, class: invite.class, adminLabels: workerClass?.labels ?? {}, tokenHash };
    const worker = unseenWorker(facts, conductor.now().wall);
    const answer = accepted(await conductor.run({ type: 'join', inviteId: invite.id, worker }));
    if (!('type' in answer) || answer.type !== 'joined') throw new Error('join was not answered as such');
    return { workerId: answer.worker.id, name: answer.worker.name, class: answer.worker.class };
  });
};
