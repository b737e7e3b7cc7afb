// How is a story about the scheduler told? One state, one clock, events that are applied as they happen.
import { deepStrictEqual } from 'node:assert';
import type { JobRequest } from '../../services/protocol/index.ts';
import { JobSpec } from '../../services/protocol/index.ts';
import type {
  Change,
  Decision,
  Effect,
  Event,
  Job,
  Lease,
  State,
  Times,
  Worker,
} from '../../services/scheduling/index.ts';
import { applyChanges, decide, emptyState } from '../../services/scheduling/index.ts';

export const times: Times = {
  heartbeatMs: 30_000,
  ttlMs: 120_000,
  graceMs: 15_000,
  marginMs: 10_000,
  acceptMs: 10_000,
  backoffBaseMs: 1_000,
  backoffMaxMs: 300_000,
};

export class Story {
  state: State = emptyState();
  mono = 0;
  random = 0.5;
  readonly audit: Change[] = [];
  readonly effects: Effect[] = [];
  readonly fleet = new Map<string, string>();

  constructor() {
    this.run({ type: 'start' });
  }

  get now() {
    return { mono: this.mono, wall: 1_700_000_000_000 + this.mono, random: this.random };
  }

  /** The event, and then the dispatch that follows every event. */
  run(event: Event): Decision {
    const decision = this.apply(event);
    if (event.type !== 'dispatch') this.apply({ type: 'dispatch' });
    return decision;
  }

  apply(event: Event): Decision {
    const decision = decide(this.state, event, this.now, times);
    deepStrictEqual(decide(this.state, event, this.now, times), decision, 'deciding twice gives the same decision');
    applyChanges(this.state, decision.changes);
    this.audit.push(...decision.changes.filter((change) => change.table === 'audit'));
    this.effects.push(...decision.effects);
    return decision;
  }

  /** Time passes in ticks of a second, as the daemon's does. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.mono += 1_000;
      this.run({ type: 'tick' });
    }
  }

  /** A worker that exists but has not connected. */
  create(id: string, facts: Partial<Worker> = {}): void {
    const capacity = { cpus: 4, memoryMiB: 8192, diskMiB: 10_000, gpus: [] };
    const worker: Worker = {
      id,
      name: id,
      class: null,
      kind: 'muster',
      tokenHash: `hash-${id}`,
      instance: null,
      adminLabels: {},
      reportedLabels: {},
      draining: false,
      capacity,
      isolation: 'cgroup',
      version: '0.1.0',
      createdAt: 0,
      ...facts,
    };
    this.run({ type: 'create_worker', worker });
  }

  /** A new session of the worker with an open stream. */
  connect(id: string, claims: readonly Lease[] = []): Decision {
    const session = `${id}-session-${this.fleet.size}-${this.effects.length}-${this.mono}`;
    this.fleet.set(id, session);
    const { kind, instance, reportedLabels, capacity, isolation, version } = this.state.workers.get(id) as Worker;
    const facts = { kind, instance, reportedLabels, capacity, isolation, version };
    const decision = this.apply({ type: 'register', workerId: id, session, facts, claims });
    this.run({ type: 'stream', workerId: id, session, open: true });
    return decision;
  }

  session(id: string): string {
    return this.fleet.get(id) ?? 'none';
  }

  submit(id: string, request: Partial<JobRequest> = {}): void {
    const spec = JobSpec.parse({ command: ['true'], ...request });
    this.run({ type: 'submit', jobs: [{ id, spec, idempotencyKey: null }] });
  }

  job(id: string): Job {
    return this.state.jobs.get(id) as Job;
  }

  lease(jobId: string): Lease {
    const attempt = this.job(jobId).attempts.at(-1);
    if (!attempt) throw new Error(`${jobId} was never offered`);
    return { jobId, fence: attempt.fence };
  }

  /** The worker that has the job, offered or running. */
  holder(jobId: string): string | undefined {
    const job = this.job(jobId);
    return job.state === 'offered' || job.state === 'running' ? job.attempts.at(-1)?.workerId : undefined;
  }

  accept(jobId: string, lease = this.lease(jobId), worker = this.holder(jobId) ?? ''): Decision {
    return this.run({ type: 'accept', workerId: worker, session: this.session(worker), lease });
  }

  heartbeat(worker: string, leases: readonly Lease[]): Decision {
    return this.run({ type: 'heartbeat', workerId: worker, session: this.session(worker), leases });
  }

  end(
    jobId: string,
    cause: 'succeeded' | 'exit' | 'drained' | 'cancelled' | 'cannot_start' = 'succeeded',
    lease = this.lease(jobId),
    worker = this.holder(jobId) ?? '',
    seq = 1,
  ): Decision {
    const exitCode = cause === 'succeeded' ? 0 : cause === 'exit' ? 1 : null;
    const ended = { cause, exitCode, detail: null, outputs: [] };
    return this.run({ type: 'report', workerId: worker, session: this.session(worker), lease, seq, ended });
  }
}
