// Which compatible worker sends this request? Token first, then the shape, then who it says it is.
import type { Worker } from '../../../scheduling/index.ts';
import { tokenHash } from '../../tokens.ts';
import type { House } from '../door.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { HttpRequest } from '../server.ts';
import { Declined, missing } from './refusal.ts';

/** The worker of `X-Worker-Token`; 422 without one, 401 only for a token that is certainly not one of ours. */
export const tokenWorker = (house: House, request: HttpRequest, failedTokens: RateLimit): Worker => {
  const header = request.headers['x-worker-token'];
  const token = typeof header === 'string' ? header.trim() : '';
  if (token === '') throw new Declined(422, [missing('header', 'X-Worker-Token')]);
  const { conductor } = house;
  const worker = conductor.state().workers.get(conductor.indexes().workerByToken.get(tokenHash(token)) ?? '');
  if (worker) return worker;
  const waitSeconds = failedTokens(request.ip, conductor.now().mono);
  if (waitSeconds !== null) throw new Declined(429, 'Too many invalid tokens', { 'retry-after': String(waitSeconds) });
  throw new Declined(401, 'Invalid worker token');
};

export const callingWorker = (house: House, request: HttpRequest): Worker => {
  const { caller } = request;
  const worker = caller?.kind === 'worker' ? house.conductor.state().workers.get(caller.workerId) : undefined;
  if (!worker) throw new Declined(401, 'Invalid worker token');
  return worker;
};

export const sameWorker = (worker: Worker, workerId: unknown): void => {
  if (worker.id !== workerId) throw new Declined(400, 'Worker ID mismatch');
};

/** These clients name no session: all their requests belong to the one of their worker. */
export const sessionOf = (worker: Worker): string => `compatible-${worker.id}`;
