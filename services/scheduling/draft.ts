// What has one decision changed so far? A view over a State that collects changes and leaves the State as it is.
import { holder } from './state.ts';
import type {
  AuditEntry,
  Brake,
  Change,
  Decision,
  Effect,
  Fence,
  Invite,
  Job,
  Now,
  Refusal,
  Reply,
  Rollout,
  Session,
  State,
  Times,
  Worker,
} from './types.ts';

export class Draft {
  readonly state: State;
  readonly now: Now;
  readonly times: Times;
  readonly #jobs = new Map<string, Job>();
  readonly #workers = new Map<string, Worker | null>();
  readonly #invites = new Map<string, Invite | null>();
  readonly #sessions = new Map<string, Session | null>();
  readonly #deadlines = new Map<string, number | null>();
  readonly #held = new Map<string, Set<string>>();
  readonly #forgotten: string[] = [];
  readonly #audit: AuditEntry[] = [];
  readonly #effects: Effect[] = [];
  #meta: { epoch: number; counter: number; nextJobNumber: number } | null = null;
  #brake: Brake | null | undefined;
  #rollout: Rollout | undefined;
  #tick: number | undefined;

  constructor(state: State, now: Now, times: Times) {
    this.state = state;
    this.now = now;
    this.times = times;
  }

  job(id: string): Job | undefined {
    return this.#jobs.get(id) ?? this.state.jobs.get(id);
  }

  worker(id: string): Worker | undefined {
    const drafted = this.#workers.get(id);
    return drafted === undefined ? this.state.workers.get(id) : (drafted ?? undefined);
  }

  session(workerId: string): Session | undefined {
    const drafted = this.#sessions.get(workerId);
    return drafted === undefined ? this.state.sessions.get(workerId) : (drafted ?? undefined);
  }

  /** Ids of the jobs that the worker has now. */
  held(workerId: string): ReadonlySet<string> {
    return this.#held.get(workerId) ?? this.state.held.get(workerId) ?? new Set();
  }

  putJob(row: Job): void {
    const from = holder(this.job(row.id));
    const to = holder(row);
    this.#jobs.set(row.id, row);
    if (from === to) return;
    if (from !== null) this.#ownHeld(from).delete(row.id);
    if (to !== null) this.#ownHeld(to).add(row.id);
  }

  /** The job has ended, and nobody will ask for it again. */
  forgetJob(id: string): void {
    this.#forgotten.push(id);
  }

  #ownHeld(workerId: string): Set<string> {
    const own = this.#held.get(workerId) ?? new Set(this.state.held.get(workerId));
    this.#held.set(workerId, own);
    return own;
  }

  putWorker(row: Worker): void {
    this.#workers.set(row.id, row);
  }

  removeWorker(id: string): void {
    this.#workers.set(id, null);
    this.#sessions.set(id, null);
  }

  putInvite(id: string, row: Invite | null): void {
    this.#invites.set(id, row);
  }

  putSession(workerId: string, row: Session): void {
    this.#sessions.set(workerId, row);
  }

  /** `at`: monotonic milliseconds, null when nothing is due. */
  setDeadline(jobId: string, at: number | null): void {
    this.#deadlines.set(jobId, at);
  }

  setRollout(rollout: Rollout): void {
    this.#rollout = rollout;
  }

  get rollout(): Rollout | null {
    return this.#rollout ?? this.state.rollout;
  }

  setBrake(brake: Brake | null): void {
    this.#brake = brake;
  }

  get brake(): Brake | null {
    return this.#brake === undefined ? this.state.brake : this.#brake;
  }

  ticked(): void {
    this.#tick = this.now.mono;
  }

  get #counters(): { epoch: number; counter: number; nextJobNumber: number } {
    const { epoch, counter, nextJobNumber } = this.state;
    this.#meta ??= { epoch, counter, nextJobNumber };
    return this.#meta;
  }

  raiseEpoch(): void {
    const counters = this.#counters;
    counters.epoch++;
    counters.counter = 0;
  }

  nextFence(): Fence {
    const counters = this.#counters;
    return { epoch: counters.epoch, counter: ++counters.counter };
  }

  nextJobNumber(): number {
    return this.#counters.nextJobNumber++;
  }

  audit(
    action: string,
    target: string,
    detail: AuditEntry['detail'] = {},
    outcome: AuditEntry['outcome'] = 'done',
  ): void {
    this.#audit.push({ action, target, outcome, detail });
  }

  effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  done(reply: Reply = { ok: true }): Decision {
    const changes: Change[] = [];
    if (this.#meta) changes.push({ table: 'meta', ...this.#meta });
    for (const [id, row] of this.#workers) changes.push({ table: 'workers', id, row });
    for (const [id, row] of this.#invites) changes.push({ table: 'invites', id, row });
    for (const row of this.#jobs.values()) changes.push({ table: 'jobs', row });
    if (this.#forgotten.length > 0) changes.push({ table: 'forgotten_jobs', ids: this.#forgotten });
    if (this.#rollout) changes.push({ table: 'rollout', row: this.#rollout });
    for (const row of this.#audit) changes.push({ table: 'audit', row });
    for (const [workerId, row] of this.#sessions) changes.push({ table: 'sessions', workerId, row });
    for (const [jobId, at] of this.#deadlines) changes.push({ table: 'deadlines', jobId, at });
    if (this.#brake !== undefined) changes.push({ table: 'brake', row: this.#brake });
    if (this.#tick !== undefined) changes.push({ table: 'tick', at: this.#tick });
    return { changes, effects: this.#effects, reply };
  }

  /** Nothing changes but the audit, which names the refused attempt. */
  refuse(code: Refusal, message: string, target: string, detail: AuditEntry['detail'] = {}): Decision {
    const row: AuditEntry = { action: 'refused', target, outcome: 'refused', detail: { code, ...detail } };
    return { changes: [{ table: 'audit', row }], effects: [], reply: { ok: false, code, message } };
  }
}
