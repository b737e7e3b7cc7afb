// How do the files of a job reach its worker and come back? Only for the worker that holds the lease (I4, I18).
import { Readable } from 'node:stream';
import { z } from 'zod';
import { agentPaths, Digest, type LogAck } from '../../../protocol/index.ts';
import type { House } from '../door.ts';
import { sendBlob, storeBlob } from '../job-files.ts';
import { checked } from '../json.ts';
import { Refused } from '../refused.ts';
import type { App } from '../server.ts';
import { leaseOf } from './caller.ts';

const FenceQuery = z.strictObject({ fence: z.string() });
const LogQuery = z.strictObject({ fence: z.string(), offset: z.coerce.number().int().min(0) });

const config = { access: 'worker' as const };

type OfJob = { Params: { job: string }; Body: Readable | undefined };
type OfFile = { Params: { job: string; digest: string }; Body: Readable | undefined };

export const agentFileRoutes = (app: App, house: House): void => {
  const { blobs } = house;

  app.get<OfFile>(`${agentPaths.inputs}/:job/:digest`, { config }, async (request, reply) => {
    const { job } = await leaseOf(house, request, request.params.job, checked(FenceQuery, request.query).fence);
    const digest = checked(Digest, request.params.digest);
    if (!job.spec.inputs.some((input) => input.digest === digest))
      throw new Refused(403, 'forbidden', `${digest} is not an input of this job`);
    return sendBlob(house, reply, digest);
  });

  app.head<OfFile>(`${agentPaths.artifacts}/:job/:digest`, { config }, async (request, reply) => {
    await leaseOf(house, request, request.params.job, checked(FenceQuery, request.query).fence);
    const digest = checked(Digest, request.params.digest);
    const size = await blobs.size(digest);
    if (size === null) return reply.code(404).send();
    await blobs.touch(digest);
    return reply.header('content-length', size).send();
  });
};

/** To be registered where bodies are bytes. */
export const agentUploads = (app: App, house: House): void => {
  app.put<OfFile>(`${agentPaths.artifacts}/:job/:digest`, { config }, async (request, reply) => {
    await leaseOf(house, request, request.params.job, checked(FenceQuery, request.query).fence);
    return storeBlob(house, reply, request.params.digest, request.body);
  });

  app.put<OfJob>(`${agentPaths.logs}/:job`, { config }, async (request, reply): Promise<unknown> => {
    const { fence, offset } = checked(LogQuery, request.query);
    const { job, attempt } = await leaseOf(house, request, request.params.job, fence);
    const { held, end } = await house.logs.append(job.id, attempt.number, offset, request.body ?? Readable.from([]));
    const answer = { offset: held } satisfies z.infer<typeof LogAck>;
    if (end === 'done') return answer;
    if (end === 'gap') return reply.code(409).send(answer);
    throw new Refused(413, 'log_full', `the log of this attempt is full at ${held} bytes`);
  });
};
