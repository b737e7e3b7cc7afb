// What is a job, as submitted and as shown?
import { z } from 'zod';
import { Digest, Labels, Name, RelativePath } from './text.ts';

export const InputFile = z.strictObject({
  path: RelativePath.describe('Where the file lies in the job’s folder.'),
  digest: Digest,
  size: z.int().min(0).describe('Bytes.'),
});
export type InputFile = z.infer<typeof InputFile>;

export const OutputFile = InputFile;
export type OutputFile = InputFile;

export const JobSpec = z.strictObject({
  name: Name.optional(),
  command: z
    .array(
      z
        .string()
        .max(128 * 1024)
        .refine((text) => !text.includes('\0'), 'expected no NUL'),
    )
    .min(1)
    .max(1000)
    .describe('Program and arguments; no shell reads them.'),
  inputs: z.array(InputFile).max(10_000).default([]),
  outputs: z.array(z.string().min(1).max(1024)).max(100).default([]).describe('Globs over the job’s folder.'),
  labels: Labels.default({}).describe('Every pair must match a label of the worker; values are globs.'),
  gpus: z.int().min(0).max(64).default(0),
  cpus: z.number().min(0).max(1024).default(1).describe('0 shares what is free.'),
  memoryMiB: z
    .int()
    .min(0)
    .max(16_777_216)
    .default(0)
    .describe('Reserved, and the limit where the worker can enforce one.'),
  retries: z.int().min(0).max(100).default(3).describe('How often a failing job is tried again.'),
  timeoutSeconds: z.number().positive().max(31_536_000).nullable().default(null).describe('Run time of one attempt.'),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), z.string().max(128 * 1024)).default({}),
  priority: z.int().min(0).max(50).default(10).describe('Higher first; within one, first submitted first.'),
});
/** As a client writes it: everything but the command may be absent. */
export type JobRequest = z.input<typeof JobSpec>;
export type JobSpec = z.infer<typeof JobSpec>;

export const jobStates = ['queued', 'offered', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;

/** Why an attempt ended (reliability: retry by cause). */
export const causes = [
  'succeeded',
  'exit',
  'timeout',
  'out_of_memory',
  'cannot_start',
  'worker_lost',
  'agent_died',
  'fenced',
  'drained',
  'not_accepted',
  'refused',
  'cancelled',
  'quarantined',
] as const;
export const Cause = z.enum(causes);
export type Cause = z.infer<typeof Cause>;

export const AttemptView = z.strictObject({
  number: z.int(),
  worker: z.string().describe('The worker’s name at that time.'),
  workerId: z.string(),
  state: z.enum(['offered', 'running', 'ended']),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  cause: Cause.nullable(),
  exitCode: z.int().nullable(),
  detail: z.string().nullable().describe('One sentence for people.'),
  gpus: z.array(z.int()).describe('Indexes of the GPUs it had.'),
});
export type AttemptView = z.infer<typeof AttemptView>;

export const JobView = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  state: JobState,
  cancelling: z.boolean().describe('A cancel was asked for and the worker has not confirmed it yet.'),
  exitCode: z.int().nullable(),
  cause: Cause.nullable(),
  detail: z.string().nullable(),
  worker: z.string().nullable().describe('Name of the worker that has it now or had it last.'),
  submittedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  spec: JobSpec,
  attempts: z.array(AttemptView),
  outputs: z.array(OutputFile),
  progress: z.unknown().describe('What the job last reported; null without a report.'),
  whyNot: z
    .array(z.strictObject({ worker: z.string(), reason: z.string() }))
    .describe('While queued: why each worker does not take it.'),
});
export type JobView = z.infer<typeof JobView>;
