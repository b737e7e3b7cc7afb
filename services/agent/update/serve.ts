// What do `muster-agent update` and `muster-agent update-own` do? They renew the agent that asks, for root or for its user.
import type { Readable, Writable } from 'node:stream';
import type { UpdateWish } from '../../protocol/index.ts';
import { reasonOf } from '../core/log.ts';
import { findPeer } from '../job-units/peer.ts';
import { stateFolder } from '../job-units/place.ts';
import { readLine } from '../job-units/serve.ts';
import { readOrNull } from './files.ts';
import { machineHome, wishFile } from './place.ts';
import { renew } from './renew.ts';

/** One line of JSON, either way. */
export type UpdateRequest = { readonly wish: UpdateWish; readonly before: string };
export type UpdateAnswer = { readonly refused: string | null };

const platform = `linux-${process.arch}`;

const isWish = (value: unknown): value is UpdateWish => {
  const { deadlineSeconds, signature, text } = (value ?? {}) as Partial<UpdateWish>;
  return typeof text === 'string' && typeof signature === 'string' && Number.isFinite(deadlineSeconds);
};

const parseRequest = (line: string): UpdateRequest => {
  const { before, wish } = JSON.parse(line) as Partial<UpdateRequest>;
  if (typeof before === 'string' && isWish(wish)) return { before, wish };
  throw new Error('expected {"wish", "before"}');
};

const answer = (output: Writable, refused: string | null): Promise<void> =>
  // Whoever asked may be gone already.
  new Promise((done) => void output.write(`${JSON.stringify({ refused } satisfies UpdateAnswer)}\n`, () => done()));

/** As root, on a connection of the socket; `instance` is what systemd says about who asks. True: the new one is well. */
export const serveUpdate = async (instance: string, input: Readable, output: Writable): Promise<boolean> => {
  output.on('error', () => {});
  try {
    const line = await readLine(input);
    const { service } = findPeer(instance);
    const request = parseRequest(line);
    await answer(output, null);
    const state = `${stateFolder}/${service}`;
    return await renew({
      ...{ home: machineHome, state, service, platform, manager: 'system', agentPid: 0, helper: instance },
      ...request,
    });
  } catch (error) {
    await answer(output, reasonOf(error));
    return false;
  }
};

/** As the user of the agent: what to do stands in a file of the agent's own. */
export const updateOwn = async ([home = '', state = '', service = '', agentPid = '']: readonly string[]) => {
  const request = parseRequest(readOrNull(wishFile(state)) ?? '');
  const manager = agentPid === '' ? 'user' : 'none';
  return renew({
    ...{
      home,
      state,
      service,
      platform,
      manager,
      agentPid: Number(agentPid),
      helper: manager === 'user' ? 'user' : `own-${process.pid}`,
    },
    ...request,
  });
};
