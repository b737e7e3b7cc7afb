// What do the orchestrator and our agents say to each other on /api/v1/agent/*? (reliability, section b)
//
// The agent authenticates with `Authorization: Bearer <token>`; at first contact with the secret of its class, which
// register exchanges for a token of its own. A refusal is `{error: {code, message}}` with 401 or 409 `stale_session`
// (register again with all claims: the orchestrator was restarted or knows a newer session), 409 `stale_lease` (drop that
// lease), 403, 413, 422, 429 or 503 with Retry-After.
import { z } from 'zod';
import { Cause, JobSpec, OutputFile } from './job.ts';
import { Labels, Name } from './text.ts';
import type { UpdateWish } from './update.ts';
import { Capacity, Isolation, Load } from './worker.ts';

/** Opaque to agents: kept and sent back as it came. */
export const FenceText = z.string().regex(/^[0-9]{1,15}\.[0-9]{1,15}$/);
export const LeaseName = z.strictObject({ job: z.string().max(100), fence: FenceText });
export type LeaseName = z.infer<typeof LeaseName>;

/** A random id, one per start of an agent. */
export const SessionId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

export const Register = z.strictObject({
  session: SessionId,
  name: Name.nullable().describe(
    'The name it would like; a class member gets it when it is that of its class, or that with more behind a "-".',
  ),
  class: z.string().max(63).nullable(),
  instance: z
    .string()
    .max(100)
    .describe('Stays the same when this container or host starts again; a class member is known again by it.'),
  labels: Labels,
  capacity: Capacity,
  isolation: Isolation,
  version: z.string().max(50),
  arch: z.string().max(50),
  claims: z.array(LeaseName).max(1000).describe('Leases whose job it runs, or whose result it still holds.'),
});
export type Register = z.infer<typeof Register>;

export const Registered = z.strictObject({
  workerId: z.string(),
  name: z.string(),
  /** Present when the agent came with a class secret: from now on it uses this one. */
  token: z.string().nullable(),
  heartbeatMs: z.int(),
  ttlMs: z.int(),
  marginMs: z.int().describe('The agent stops a job at ttl − margin after sending its last accepted heartbeat.'),
  resume: z.array(LeaseName),
  abandon: z.array(LeaseName).describe('To be stopped; their reports would be refused.'),
  draining: z.boolean(),
});
export type Registered = z.infer<typeof Registered>;

export const Offer = z.strictObject({
  job: z.string(),
  fence: FenceText,
  acceptMs: z.int().describe('The offer dies so many milliseconds after it was made.'),
  spec: JobSpec,
  gpus: z.array(z.int()).describe('Indexes of the GPUs this job may use.'),
});
export type Offer = z.infer<typeof Offer>;

/** What the stream says: the `event:` name and its `data:`. A frame only wakes; open offers can be listed at any time. */
export type AgentEvents = {
  offer: Offer;
  cancel: LeaseName;
  drain: { draining: boolean };
  /** The next heartbeat, which should come soon, says to what. */
  update: Record<string, never>;
  ping: Record<string, never>;
};

export const LeaseAnswer = z.strictObject({ session: SessionId, job: z.string().max(100), fence: FenceText });
export type LeaseAnswer = z.infer<typeof LeaseAnswer>;

/** Refuse: the worker cannot take it just now (disk or spool full, stopping). */
export const Refuse = LeaseAnswer.extend({ reason: z.string().max(500) });
export type Refuse = z.infer<typeof Refuse>;

export const Heartbeat = z.strictObject({
  session: SessionId,
  seq: z.int().min(0),
  leases: z.array(LeaseName.extend({ progress: z.unknown().optional() })).max(1000),
  load: Load,
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatAnswer = z.strictObject({
  renewed: z.array(LeaseName),
  abandon: z.array(LeaseName),
  cancel: z.array(LeaseName).describe('Cancels that the stream may have lost.'),
  ttlMs: z.int(),
  draining: z.boolean(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer> & {
  /** Its program is to be renewed. */
  readonly update?: UpdateWish;
};

/** What an agent may say of an end; the other causes are the orchestrator's own findings. */
export const ReportedCause = Cause.extract([
  ...(['succeeded', 'exit', 'timeout', 'out_of_memory', 'cannot_start'] as const),
  ...(['agent_died', 'fenced', 'drained', 'cancelled'] as const),
]);

/**
 * One step of a lease. `seq` grows by lease; an older or equal one is answered 200 and ignored, and so is the same
 * terminal report again; another terminal report is 409 `stale_lease`.
 */
export const Report = z.strictObject({
  session: SessionId,
  job: z.string().max(100),
  fence: FenceText,
  seq: z.int().min(1),
  state: z.enum(['running', 'ended']),
  cause: ReportedCause.nullable().describe('With `ended`: exit and succeeded come with an exit code.'),
  exitCode: z.int().nullable(),
  detail: z.string().max(2000).nullable(),
  outputs: z.array(OutputFile).max(10_000).describe('With `ended`: uploaded before this report.'),
  progress: z.unknown().optional(),
});
export type Report = z.infer<typeof Report>;

export const Leave = z.strictObject({ session: SessionId });
export const LogAck = z.strictObject({ offset: z.int().describe('Bytes held; send from here.') });
