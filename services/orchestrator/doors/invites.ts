// How does an admin invite machines, see who came, and take an invite back?
import { randomBytes } from 'node:crypto';
import { apiPaths, InviteCreate, type InviteCreated, type InviteList, type InviteView } from '../../protocol/index.ts';
import { type Invite, inviteState, type State } from '../../scheduling/index.ts';
import type { WorkerClass } from '../settings.ts';
import { newToken, tokenHash } from '../tokens.ts';
import type { House } from './door.ts';
import { checked } from './json.ts';
import { accepted, Refused } from './refused.ts';
import type { App } from './server.ts';

const iso = (wall: number): string => new Date(wall).toISOString();

const viewOf = ({ workers }: State, invite: Invite, wall: number): InviteView => ({
  id: invite.id,
  class: invite.class,
  name: invite.name,
  state: inviteState(invite, wall),
  createdAt: iso(invite.createdAt),
  expiresAt: iso(invite.expiresAt),
  endedAt: invite.end && iso(invite.end.at),
  worker: (invite.end?.kind === 'used' && workers.get(invite.end.workerId)?.name) || null,
});

/** The class of that name; without a name the only one. */
const classNamed = (classes: readonly WorkerClass[], name: string | undefined): WorkerClass => {
  const found =
    classes.find((each) => each.name === name) ?? (name === undefined && classes.length === 1 && classes[0]);
  if (found) return found;
  const known = classes.map((each) => each.name).join(', ');
  const message =
    classes.length === 0
      ? 'this orchestrator knows no class; add one under "workers" in cluster.yaml'
      : name === undefined
        ? `expected a class, one of: ${known}`
        : `expected a class that is there (${known}), got ${JSON.stringify(name)}`;
  throw new Refused(422, 'unknown_class', message, { problems: [{ path: 'class', message }] });
};

/** Two machines with one name would only get in each other's way: the invite says so before one of them is there. */
const refuseTaken = (state: State, name: string, wall: number): void => {
  const isWorker = [...state.workers.values()].some((worker) => worker.name === name);
  const isInvited = [...state.invites.values()].some(
    (invite) => invite.name === name && inviteState(invite, wall) === 'open',
  );
  if (!isWorker && !isInvited) return;
  const holder = isWorker ? 'a worker' : 'an open invite';
  throw new Refused(409, 'name_taken', `there is ${holder} named ${name}; choose another name, or remove that one`);
};

export const inviteRoutes = (app: App, house: House): void => {
  const { conductor } = house;

  app.get(apiPaths.invites, async (): Promise<InviteList> => {
    const state = conductor.state();
    const invites = [...state.invites.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
    return { invites: invites.map((invite) => viewOf(state, invite, conductor.now().wall)) };
  });

  app.post(apiPaths.invites, async (request, reply) => {
    const { class: className, name, expiresSeconds, authority } = checked(InviteCreate, request.body);
    const { wall } = conductor.now();
    const token = newToken('mi');
    const workerClass = classNamed(house.classes, className);
    if (name !== undefined) refuseTaken(conductor.state(), name, wall);
    const invite: Invite = {
      id: `i_${randomBytes(8).toString('hex')}`,
      tokenHash: tokenHash(token),
      class: workerClass.name,
      name: name ?? null,
      authority,
      createdAt: wall,
      expiresAt: wall + expiresSeconds * 1000,
      end: null,
    };
    accepted(await conductor.run({ type: 'create_invite', invite }));
    const view = viewOf(conductor.state(), invite, wall);
    return reply.code(201).send({ ...view, token, url: house.publicUrl } satisfies InviteCreated);
  });

  app.delete<{ Params: { invite: string } }>(`${apiPaths.invites}/:invite`, async (request, reply) => {
    accepted(await conductor.run({ type: 'revoke_invite', inviteId: request.params.invite }));
    return reply.code(204).send();
  });
};
