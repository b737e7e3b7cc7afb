// How is a request refused on /api/v1? One shape, all problems at once.

import type { ApiError } from '../../protocol/index.ts';
import type { Refusal, Reply } from '../../scheduling/index.ts';
import type { Problem } from '../problems.ts';
import type { StoreFailure } from '../store/index.ts';

export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly Problem[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    message: string,
    { problems, headers = {} }: { problems?: readonly Problem[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.problems = problems;
    this.headers = headers;
  }
}

export const refusalBody = (refused: Refused): ApiError => ({
  error: {
    code: refused.code,
    message: refused.message,
    ...(refused.problems ? { problems: [...refused.problems] } : {}),
  },
});

const statusOf: Readonly<Record<Refusal, number>> = {
  unknown_job: 404,
  unknown_worker: 404,
  stale_session: 409,
  stale_lease: 409,
  already_ended: 409,
  worker_busy: 409,
  queue_full: 429,
  unknown_invite: 404,
  update_running: 409,
  invite_used: 410,
  invite_expired: 410,
  invite_revoked: 410,
};

type Accepted = Extract<Reply, { ok: true }>;

/** The scheduler's reply, or its refusal as an HTTP one. */
export const accepted = (reply: Reply): Accepted => {
  if (reply.ok) return reply;
  const status = statusOf[reply.code];
  throw new Refused(status, reply.code, reply.message, status === 429 ? { headers: { 'retry-after': '10' } } : {});
};

/** 507 when the disk is full, else 503: nothing is lost, and writing goes on by itself (F4). */
export const storeRefusal = (failure: StoreFailure): Refused =>
  new Refused(
    failure.kind === 'full' ? 507 : 503,
    failure.kind === 'full' ? 'store_full' : 'store_unavailable',
    `${failure.message}; nothing was changed, try again`,
    { headers: { 'retry-after': '2' } },
  );

/** A body or a query with all that is wrong with it. */
export const invalid = (problems: readonly Problem[]): Refused =>
  new Refused(
    422,
    'invalid',
    problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '),
    {
      problems,
    },
  );
