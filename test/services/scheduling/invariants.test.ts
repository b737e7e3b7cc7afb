// Do the promises hold under any order of messages, restarts and losses?
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Decision, Event, Lease, State } from '../../../services/scheduling/index.ts';
import { applyChanges, emptyState } from '../../../services/scheduling/index.ts';
import { checkInvariants, type Ended } from '../../support/invariants.ts';
import { Story } from '../../support/story.ts';

const workers = ['w0', 'w1', 'w2'];

/** One step of a hostile world: `pick` chooses among the leases ever offered, old ones included. */
type Step = { readonly kind: string; readonly worker: number; readonly pick: number; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...['submit', 'submit', 'connect', 'connect', 'reclaim', 'accept', 'accept', 'accept', 'beat', 'beat'],
    ...['succeed', 'fail', 'interrupt', 'refuse', 'cancel', 'drain', 'undrain', 'leave', 'pass', 'restart', 'close'],
  ),
  worker: fc.nat(2),
  pick: fc.nat(),
  seconds: fc.integer({ min: 1, max: 200 }),
});

class World {
  readonly story = new Story();
  readonly offered: { worker: string; lease: Lease }[] = [];
  readonly ended: Ended = new Map();
  submitted = 0;

  constructor() {
    for (const id of workers) this.story.create(id, { capacity: { cpus: 2, memoryMiB: 4096, diskMiB: 1, gpus: [] } });
  }

  run(event: Event): Decision {
    const decision = this.story.apply(event);
    this.check(decision);
    if (event.type !== 'dispatch') this.run({ type: 'dispatch' });
    return decision;
  }

  check(decision: Decision): void {
    checkInvariants(this.story.state, decision, this.ended);
    for (const effect of decision.effects) {
      if (effect.type !== 'offer') continue;
      this.offered.push({ worker: effect.workerId, lease: { jobId: effect.jobId, fence: effect.fence } });
    }
  }

  take({ kind, worker, pick, seconds }: Step): void {
    const { story } = this;
    const workerId = workers[worker] as string;
    const session = story.session(workerId);
    const any = this.offered[pick % Math.max(1, this.offered.length)];
    const mine = any && { workerId: any.worker, session: story.session(any.worker), lease: any.lease };
    const ended = (cause: 'succeeded' | 'exit' | 'drained') => ({ cause, exitCode: null, detail: null, outputs: [] });
    if (kind === 'submit') story.submit(`j${this.submitted++}`, { retries: pick % 3, cpus: 1 + (pick % 2) });
    else if (kind === 'connect') story.connect(workerId);
    else if (kind === 'reclaim')
      story.connect(
        workerId,
        this.offered.filter((each) => each.worker === workerId).map((each) => each.lease),
      );
    else if (kind === 'close') this.run({ type: 'stream', workerId, session, open: false });
    else if (kind === 'accept' && mine) this.run({ type: 'accept', ...mine });
    else if (kind === 'refuse' && mine) this.run({ type: 'refuse', ...mine, reason: 'full' });
    else if (kind === 'beat') this.run({ type: 'heartbeat', workerId, session, leases: any ? [any.lease] : [] });
    else if (kind === 'succeed' && mine)
      this.run({ type: 'report', ...mine, seq: 1 + (pick % 3), ended: ended('succeeded') });
    else if (kind === 'fail' && mine) this.run({ type: 'report', ...mine, seq: 1 + (pick % 3), ended: ended('exit') });
    else if (kind === 'interrupt' && mine) this.run({ type: 'report', ...mine, seq: 1, ended: ended('drained') });
    else if (kind === 'cancel' && any) this.run({ type: 'cancel', jobId: any.lease.jobId });
    else if (kind === 'drain' || kind === 'undrain') this.run({ type: 'drain', workerId, draining: kind === 'drain' });
    else if (kind === 'leave') this.run({ type: 'leave', workerId, session });
    else if (kind === 'restart') this.restart();
    else if (kind === 'pass') {
      story.mono += seconds * 1_000;
      this.run({ type: 'tick' });
    }
    checkInvariants(story.state, { changes: [], effects: [], reply: { ok: true } }, this.ended);
  }

  /** Only what is durable survives: jobs, workers and the counters. */
  restart(): void {
    const { jobs, workers: rows, epoch, counter, nextJobNumber } = this.story.state;
    const state: State = emptyState();
    applyChanges(state, [
      { table: 'meta', epoch, counter, nextJobNumber },
      ...[...rows.values()].map((row) => ({ table: 'workers' as const, id: row.id, row })),
      ...[...jobs.values()].map((row) => ({ table: 'jobs' as const, row })),
    ]);
    this.story.state = state;
    this.story.fleet.clear();
    this.run({ type: 'start' });
  }

  /** All faults have healed: honest agents take what is offered and report it. */
  drainQueue(): void {
    const { story } = this;
    for (let round = 0; round < 400; round++) {
      if ([...story.state.jobs.values()].every((job) => job.finishedAt !== null)) return;
      for (const id of workers) {
        if (round === 0) {
          this.run({ type: 'drain', workerId: id, draining: false });
          story.connect(id);
        }
        const leases = [...(story.state.held.get(id) ?? [])].map((jobId) => story.lease(jobId));
        for (const lease of leases) {
          if (story.job(lease.jobId).state === 'offered') story.accept(lease.jobId, lease, id);
          else story.end(lease.jobId, 'succeeded', lease, id, 100);
        }
        story.heartbeat(id, leases);
      }
      story.mono += 2_000;
      this.run({ type: 'tick' });
    }
    const stuck = [...story.state.jobs.values()].filter((job) => job.finishedAt === null);
    deepStrictEqual(stuck, [], 'I9: the queue drains by itself');
  }
}

test('every promise holds after every step, and the queue drains when the faults have healed (I2 I3 I4 I9 I10)', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const world = new World();
      for (const each of steps) world.take(each);
      world.drainQueue();
      strictEqual(world.story.state.jobs.size, world.submitted);
    }),
    { numRuns: 300, seed: Number(process.env.MUSTER_SEED ?? 20_261_123) },
  );
});

test('a doubled and reordered delivery ends in the state of one delivery in order (I8)', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 12 }), (order) => {
      const tell = (sequence: readonly number[]): string => {
        const story = new Story();
        story.create('w0');
        story.connect('w0');
        story.submit('j0');
        const lease = story.lease('j0');
        for (const each of [0, ...sequence, 0, 1, 2, 3]) {
          if (each === 0) story.accept('j0', lease, 'w0');
          else if (each === 1) story.heartbeat('w0', [lease]);
          else if (each === 2)
            story.run({ type: 'report', workerId: 'w0', session: story.session('w0'), lease, seq: 1, ended: null });
          else story.end('j0', 'succeeded', lease, 'w0', 2);
        }
        return JSON.stringify([story.job('j0').state, story.job('j0').attempts.length, story.job('j0').exitCode]);
      };
      strictEqual(tell(order), tell([]));
      ok(true);
    }),
    { numRuns: 200, seed: 7 },
  );
});
