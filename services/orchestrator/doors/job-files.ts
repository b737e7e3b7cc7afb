// How does a client read the logs and the outputs of a job, and upload its inputs? Streamed from and to the disk.
import { Readable } from 'node:stream';
import { z } from 'zod';
import { apiPaths, Digest } from '../../protocol/index.ts';
import type { House } from './door.ts';
import { findJob } from './jobs.ts';
import { checked } from './json.ts';
import { Refused } from './refused.ts';
import type { App, HttpReply } from './server.ts';

const LogQuery = z.strictObject({
  attempt: z.coerce.number().int().min(1).optional(),
  offset: z.coerce.number().int().min(0).default(0),
  follow: z.enum(['0', '1']).default('0'),
});

type Place = { readonly jobId: string; readonly attempt: number | undefined; readonly offset: number };

/** The bytes of a log from an offset on, and what comes later until the attempt has ended or the reader has left. */
async function* followLog(house: House, place: Place, left: AbortSignal): AsyncGenerator<Buffer> {
  const { jobId, offset } = place;
  let { attempt } = place;
  for (let at = offset; !left.aborted; ) {
    const job = house.conductor.state().jobs.get(jobId);
    const followed =
      attempt === undefined ? job?.attempts.at(-1) : job?.attempts.find((each) => each.number === attempt);
    const isOver = !job || followed?.state === 'ended' || (!followed && job.finishedAt !== null);
    // Listening begins before the look at the size, so that no growth falls between the two.
    const news = house.logs.grown(jobId, left).catch(() => {});
    const end = followed ? await house.logs.size(jobId, followed.number) : 0;
    if (followed && end > at) {
      for await (const chunk of house.logs.read(jobId, followed.number, at, end)) yield chunk as Buffer;
      at = end;
    } else if (isOver) return;
    else await news;
    attempt ??= followed?.number;
  }
}

/** Sends a held blob, 404 when its bytes are gone. */
export const sendBlob = async (house: House, reply: HttpReply, digest: string): Promise<HttpReply> => {
  const size = await house.blobs.size(digest);
  if (size === null) throw new Refused(404, 'unknown_blob', `${digest} is not held`);
  return reply.type('application/octet-stream').header('content-length', size).send(house.blobs.read(digest));
};

export const jobFileRoutes = (app: App, house: House): void => {
  app.get<{ Params: { id: string } }>(`${apiPaths.job}:id/logs`, async (request, reply) => {
    const job = findJob(house, request.params.id);
    const { attempt, offset, follow } = checked(LogQuery, request.query);
    const number = attempt ?? job.attempts.at(-1)?.number;
    reply.type('application/octet-stream').header('muster-log-offset', offset);
    if (number !== undefined) reply.header('muster-log-attempt', number);
    if (follow === '1') {
      // A reader may leave while the log is silent, long before anything is written to it.
      const left = new AbortController();
      reply.raw.once('close', () => left.abort());
      const bytes = followLog(house, { jobId: job.id, attempt, offset }, left.signal);
      return reply.send(Readable.from(bytes, { objectMode: false }));
    }
    const end = number === undefined ? 0 : await house.logs.size(job.id, number);
    if (number === undefined || end <= offset) return reply.header('content-length', 0).send('');
    return reply.header('content-length', end - offset).send(house.logs.read(job.id, number, offset, end));
  });

  app.get<{ Params: { id: string; '*': string } }>(`${apiPaths.job}:id/outputs/*`, async (request, reply) => {
    const job = findJob(house, request.params.id);
    const path = request.params['*'];
    const output = job.outputs.find((each) => each.path === path);
    if (!output) throw new Refused(404, 'unknown_output', `job ${job.id} has no output ${path}`);
    return sendBlob(house, reply, output.digest);
  });
};

const blobPath = `${apiPaths.blobs}:digest`;

export const blobRoutes = (app: App, house: House): void => {
  const { blobs } = house;

  app.head<{ Params: { digest: string } }>(blobPath, async (request, reply) => {
    const digest = checked(Digest, request.params.digest);
    const size = await blobs.size(digest);
    if (size === null) return reply.code(404).send();
    await blobs.touch(digest);
    return reply.header('content-length', size).send();
  });
};

/** To be registered where bodies are bytes. */
export const blobUploads = (app: App, house: House): void => {
  app.put<{ Params: { digest: string }; Body: Readable | undefined }>(blobPath, async (request, reply) =>
    storeBlob(house, reply, request.params.digest, request.body),
  );
};

/** Stores uploaded bytes under their digest; what is held already is not read again. */
export const storeBlob = async (
  house: House,
  reply: HttpReply,
  name: string,
  bytes: Readable | undefined,
): Promise<HttpReply> => {
  const { blobs } = house;
  const digest = checked(Digest, name);
  if ((await blobs.size(digest)) !== null) {
    await blobs.touch(digest);
    return reply.send({ digest });
  }
  if (!(await blobs.write(digest, bytes ?? Readable.from([]))))
    throw new Refused(422, 'digest_mismatch', `the bytes do not have the SHA-256 ${digest}; nothing was kept`);
  return reply.code(201).send({ digest });
};
