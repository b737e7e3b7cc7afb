// What do clients and the orchestrator say to each other on /api/v1? All with `Authorization: Bearer <admin key>`.
import { z } from 'zod';
import { JobSpec, JobView } from './job.ts';
import { WorkerView } from './worker.ts';

export const apiPaths = {
  /** POST one job (201, JobView), `Idempotency-Key` honoured; GET lists: ?state=&limit=&before=ID, newest first. */
  jobs: '/api/v1/jobs',
  /** POST `{jobs: JobRequest[]}` (201 `{jobs: JobView[]}`): all or none; `Idempotency-Key` honoured. */
  batch: '/api/v1/jobs/batch',
  /** `/api/v1/jobs/<id>` GET · `/cancel` POST · `/logs?attempt=N&offset=N&follow=1` GET raw bytes ·
   *  `/outputs/<path>` GET raw bytes. `<id>` may be a unique prefix. */
  job: '/api/v1/jobs/',
  /** PUT, HEAD `/api/v1/blobs/<sha256>`: job inputs, streamed, addressed by content. */
  blobs: '/api/v1/blobs/',
  /** GET lists; POST creates (201 WorkerCreated). `/api/v1/workers/<id or name>` GET, DELETE · `/drain` POST, DELETE. */
  workers: '/api/v1/workers',
  /** GET lists; POST creates (201 InviteCreated). DELETE `/api/v1/invites/<id>` revokes. */
  invites: '/api/v1/invites',
  /** GET DownloadList; PUT DownloadsPut: what invited machines install, as blobs (409 where it offers a folder). */
  downloads: '/api/v1/downloads',
  /** GET UpdateAnswer; POST UpdateCreate begins one (201); DELETE: nobody else begins. */
  updates: '/api/v1/updates',
  status: '/api/v1/status',
} as const;

export const Batch = z.strictObject({ jobs: z.array(JobSpec).min(1).max(1000) });
export const JobList = z.strictObject({ jobs: z.array(JobView), next: z.string().nullable() });
export type JobList = z.infer<typeof JobList>;
export const WorkerList = z.strictObject({ workers: z.array(WorkerView) });
export type WorkerList = z.infer<typeof WorkerList>;

export const StatusView = z.strictObject({
  version: z.string(),
  startedAt: z.iso.datetime(),
  jobs: z.record(z.string(), z.int()).describe('How many jobs are in each state.'),
  workers: z.record(z.string(), z.int()).describe('How many workers are in each state.'),
});
export type StatusView = z.infer<typeof StatusView>;

/** Every refusal on /api/v1. `problems` lists all that is wrong with a body (422). */
export const ApiError = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    problems: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  }),
});
export type ApiError = z.infer<typeof ApiError>;
