// How does an admin renew the agents of workers, look how far that is, and end it?
import { randomBytes } from 'node:crypto';
import { parseRelease, ReleaseRefused } from '../../../stacks/drivers/release.ts';
import { apiPaths, type Release, type UpdateAnswer, UpdateCreate } from '../../protocol/index.ts';
import type { Member, Rollout, State, Worker } from '../../scheduling/index.ts';
import type { House } from './door.ts';
import { checked } from './json.ts';
import { accepted, invalid, Refused } from './refused.ts';
import type { App } from './server.ts';

const isOffline = (state: State, workerId: string): boolean => {
  const session = state.sessions.get(workerId);
  return !session || session.left;
};

const answerOf = (state: State): UpdateAnswer => {
  const { rollout } = state;
  if (!rollout) return { update: null };
  const { createdAt, id, members, phase, release, why } = rollout;
  return {
    update: {
      ...{ id, phase, why, version: release.version, number: release.number },
      createdAt: new Date(createdAt).toISOString(),
      workers: members.map(({ class: className, name, state: at, why, workerId }) => ({
        ...{ name, class: className, state: at, why },
        offline: isOffline(state, workerId),
      })),
    },
  };
};

const releaseIn = (text: string): Release => {
  try {
    return parseRelease(text);
  } catch (error) {
    if (!(error instanceof ReleaseRefused)) throw error;
    throw invalid([{ path: 'text', message: error.message }]);
  }
};

/** Those that the wish names, all without; each as it is now. */
const chosen = (state: State, wish: UpdateCreate): readonly Worker[] => {
  const all = [...state.workers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const name of [...(wish.workers ?? []), ...(wish.canary === undefined ? [] : [wish.canary])])
    if (!all.some((worker) => worker.name === name))
      throw new Refused(404, 'unknown_worker', `there is no worker ${name}`);
  return all
    .filter((worker) => wish.class === undefined || worker.class === wish.class)
    .filter(({ name }) => wish.workers === undefined || wish.workers.includes(name) || wish.canary === name);
};

/** An agent that says nothing of its program, though it is connected, cannot renew it. */
const memberOf = (state: State, { class: className, id, kind, name, program }: Worker): Member => {
  const isMute = !program && !isOffline(state, id);
  const why =
    kind === 'compatible'
      ? 'it is no agent of Muster'
      : isMute
        ? 'its agent is older than this: install it anew'
        : (program?.refused ?? null);
  const clocks = { since: 0, awaySince: null, toldAt: 0 };
  return { workerId: id, name, class: className, state: why === null ? 'waiting' : 'skipped', why, ...clocks };
};

/** Every program that one of the members needs is held here. */
const demandPrograms = async (house: House, release: Release, members: readonly Member[]): Promise<void> => {
  const { workers } = house.conductor.state();
  const platforms = new Set(
    members
      .filter(({ state }) => state === 'waiting')
      .map(({ workerId }) => workers.get(workerId)?.program?.platform ?? ''),
  );
  for (const [platform, { bytes, sha256 }] of Object.entries(release.programs))
    if (platforms.has(platform) && (await house.blobs.size(sha256)) !== bytes)
      throw invalid([{ path: 'text', message: `upload the program for ${platform} first (${sha256})` }]);
};

export const updateRoutes = (app: App, house: House): void => {
  const { conductor } = house;

  app.get(apiPaths.updates, async () => answerOf(conductor.state()));

  app.post(apiPaths.updates, async (request, reply) => {
    const wish = checked(UpdateCreate, request.body);
    const release = releaseIn(wish.text);
    const workers = chosen(conductor.state(), wish);
    const members = workers.map((worker) => memberOf(conductor.state(), worker));
    await demandPrograms(house, release, members);
    const canary = members.find(({ name }) => name === wish.canary);
    if (wish.canary !== undefined && canary?.state !== 'waiting')
      throw new Refused(409, 'bad_canary', `${wish.canary} cannot be the canary: ${canary?.why ?? 'another class'}`);
    if (canary && isOffline(conductor.state(), canary.workerId))
      throw new Refused(409, 'bad_canary', `${canary.name} cannot be the canary: it is offline`);
    const { signature, text } = wish;
    const rollout: Rollout = {
      ...{ id: `u_${randomBytes(8).toString('hex')}`, text, signature, release, members },
      ...{ createdAt: conductor.now().wall, phase: 'canary', why: null, canary: canary?.workerId ?? null },
      ...{ deadlineMs: wish.deadlineSeconds * 1000, provingMs: wish.provingSeconds * 1000 },
    };
    accepted(await conductor.run({ type: 'start_update', rollout }));
    return reply.code(201).send(answerOf(conductor.state()));
  });

  app.delete(apiPaths.updates, async () => {
    accepted(await conductor.run({ type: 'abort_update' }));
    return answerOf(conductor.state());
  });
};
