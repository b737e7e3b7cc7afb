// How are jobs submitted, listed, shown and cancelled?
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { apiPaths, Batch, type JobList, JobSpec, type JobView, jobStates } from '../../protocol/index.ts';
import { type Job, jobView } from '../../scheduling/index.ts';
import type { House } from './door.ts';
import { checked } from './json.ts';
import { accepted, invalid, Refused } from './refused.ts';
import { type App, batchBytes, type HttpRequest } from './server.ts';

const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'expected 1 to 200 printable ASCII characters')
  .nullable();

const ListQuery = z.strictObject({
  state: z.enum(jobStates).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.string().max(100).optional(),
});

/** The job of an id or of a unique prefix of one; the empty text names none, for it would begin any. */
export const findJob = (house: House, idOrPrefix: string): Job => {
  const { jobs } = house.conductor.state();
  const exact = jobs.get(idOrPrefix);
  if (exact) return exact;
  const matching = idOrPrefix === '' ? [] : [...jobs.values()].filter((job) => job.id.startsWith(idOrPrefix));
  if (matching.length === 1) return matching[0] as Job;
  if (matching.length === 0) throw new Refused(404, 'unknown_job', `there is no job ${idOrPrefix || 'without an id'}`);
  const some = matching.slice(0, 5).map((job) => job.id);
  throw new Refused(409, 'ambiguous_id', `${matching.length} jobs begin with ${idOrPrefix}: ${some.join(', ')} …`);
};

const viewOf = (house: House, job: Job): JobView =>
  jobView(house.conductor.state(), job, house.conductor.now(), house.observed.progress(job.id));

/** Each input must be held already, with the size that the job says. */
const checkInputs = async (
  house: House,
  specs: readonly JobSpec[],
  prefix: (index: number) => string,
): Promise<void> => {
  const sizes = new Map<string, number | null>();
  for (const { digest } of specs.flatMap((spec) => spec.inputs)) {
    if (sizes.has(digest)) continue;
    const size = await house.blobs.size(digest);
    // An old blob that nothing names yet must not be collected before this submit is durable.
    if (size !== null) await house.blobs.touch(digest);
    sizes.set(digest, size);
  }
  const problems = specs.flatMap((spec, index) =>
    spec.inputs.flatMap(({ digest, size }, at) => {
      const held = sizes.get(digest) ?? null;
      if (held === size) return [];
      const message =
        held === null ? `upload it first: PUT ${apiPaths.blobs}${digest}` : `expected the size ${held}, got ${size}`;
      return [{ path: `${prefix(index)}inputs/${at}`, message }];
    }),
  );
  if (problems.length > 0) throw invalid(problems);
};

/** The jobs that this key made before, null for a new key; another body under the same key is 409 (I1). */
const madeBefore = (house: House, key: string | null, specs: readonly JobSpec[]): JobView[] | null => {
  const ids = key === null ? undefined : house.conductor.indexes().jobsByKey.get(key);
  if (!ids) return null;
  const jobs = ids.map((id) => house.conductor.state().jobs.get(id)).filter((job) => job !== undefined);
  const isSame = isDeepStrictEqual(
    jobs.map((job) => job.spec),
    specs,
  );
  if (!isSame) throw new Refused(409, 'key_reused', 'this Idempotency-Key came before with another body');
  return jobs.map((job) => viewOf(house, job));
};

const submit = async (
  house: House,
  request: HttpRequest,
  specs: readonly JobSpec[],
  prefix: (index: number) => string,
): Promise<JobView[]> => {
  const { conductor } = house;
  const key = checked(IdempotencyKey, request.headers['idempotency-key'] ?? null);
  await checkInputs(house, specs, prefix);
  const before = madeBefore(house, key, specs);
  if (before) {
    await conductor.settled();
    return before;
  }
  const jobs = specs.map((spec) => ({ id: randomBytes(8).toString('hex'), spec, idempotencyKey: key }));
  accepted(await conductor.run({ type: 'submit', jobs }));
  return jobs.map(({ id }) => viewOf(house, findJob(house, id)));
};

export const jobRoutes = (app: App, house: House): void => {
  const { conductor } = house;

  app.post(apiPaths.jobs, async (request, reply) => {
    const spec = checked(JobSpec, request.body);
    const [view] = await submit(house, request, [spec], () => '');
    return reply.code(201).send(view);
  });

  app.post(apiPaths.batch, { bodyLimit: batchBytes }, async (request, reply) => {
    const { jobs } = checked(Batch, request.body);
    return reply.code(201).send({ jobs: await submit(house, request, jobs, (index) => `jobs/${index}/`) });
  });

  app.get(apiPaths.jobs, async (request): Promise<JobList> => {
    const { state, limit, before } = checked(ListQuery, request.query);
    const below = before === undefined ? Number.POSITIVE_INFINITY : findJob(house, before).number;
    const matching = [...conductor.state().jobs.values()]
      .reverse()
      .filter((job) => job.number < below && (state === undefined || job.state === state));
    const shown = matching.slice(0, limit);
    const next = matching.length > limit ? (shown.at(-1)?.id ?? null) : null;
    return { jobs: shown.map((job) => viewOf(house, job)), next };
  });

  app.get<{ Params: { id: string } }>(`${apiPaths.job}:id`, async (request) =>
    viewOf(house, findJob(house, request.params.id)),
  );

  app.post<{ Params: { id: string } }>(`${apiPaths.job}:id/cancel`, async (request) => {
    const { id } = findJob(house, request.params.id);
    accepted(await conductor.run({ type: 'cancel', jobId: id }));
    return viewOf(house, findJob(house, id));
  });
};
