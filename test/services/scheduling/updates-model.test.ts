// Do the promises of an update hold under any order of jobs, losses, failures and restarts?
import { ok } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Decision, type Event, type Member, mostAtOnce } from '../../../services/scheduling/index.ts';
import { Fleet } from '../../support/fleet.ts';
import { Story } from '../../support/story.ts';

const isInUpdate = ({ state }: Member): boolean => ['emptying', 'switching', 'proving'].includes(state);

/** Looks at every single decision. */
class Watched extends Story {
  override apply(event: Event): Decision {
    const before = this.state.rollout;
    const decision = super.apply(event);
    const now = this.state.rollout;
    if (!now || now.id !== before?.id) return decision;
    const reserved = now.members.filter(isInUpdate);
    for (const [index, member] of now.members.entries()) {
      const was = before.members[index] as Member;
      const begins = !isInUpdate(was) && isInUpdate(member);
      ok(!begins || before.phase !== 'halted', 'after a halt nobody begins');
      ok(!begins || reserved.length <= mostAtOnce(now), `${reserved.length} at once`);
      if (member.state === 'switching' && was.state !== 'switching')
        ok((this.state.held.get(member.workerId)?.size ?? 0) === 0, 'nobody is told who has a job');
      ok(!['done', 'failed', 'skipped'].includes(was.state) || member === was, 'an end is one');
    }
    for (const effect of decision.effects)
      if (effect.type === 'offer')
        ok(!reserved.some(({ workerId }) => workerId === effect.workerId), 'nothing is offered to who is renewed');
    return decision;
  }
}

type Step = { readonly kind: string; readonly worker: number; readonly seconds: number };

const step = (count: number): fc.Arbitrary<Step> =>
  fc.record({
    kind: fc.constantFrom(
      ...['submit', 'submit', 'accept', 'accept', 'end', 'renew', 'renew', 'renew', 'pass', 'pass', 'pass'],
      ...['leave', 'return', 'fail', 'restart', 'close', 'drain', 'undrain', 'remove', 'abort'],
    ),
    worker: fc.nat(count - 1),
    seconds: fc.integer({ min: 1, max: 60 }),
  });

let jobs = 0;

const take = (fleet: Fleet, { kind, seconds, worker }: Step): void => {
  const { story } = fleet;
  const name = fleet.names[worker] as string;
  if (!story.state.workers.has(name)) return;
  const isHere = story.state.sessions.get(name)?.left === false;
  const lease = fleet.leases(name)[0];
  if (kind === 'submit') story.submit(`j${jobs++}`, { cpus: 1 + (seconds % 4) });
  else if (kind === 'pass') fleet.pass(seconds);
  else if (kind === 'return') fleet.comeBack(name, 'a'.repeat(12));
  else if (kind === 'restart') fleet.restart();
  else if (kind === 'abort' && seconds < 5) story.run({ type: 'abort_update' });
  else if (kind === 'remove' && seconds < 5) story.run({ type: 'remove_worker', workerId: name, force: true });
  else if (kind === 'drain' || kind === 'undrain')
    story.run({ type: 'drain', workerId: name, draining: kind === 'drain' });
  else if (!isHere) return;
  else if (kind === 'accept' && lease) story.accept(lease.jobId, lease, name);
  else if (kind === 'end' && lease) story.end(lease.jobId, 'succeeded', lease, name, 1);
  else if (kind === 'leave') fleet.leave(name);
  else if (kind === 'close') story.run({ type: 'stream', workerId: name, session: story.session(name), open: false });
  else if (kind === 'renew' && fleet.inState('switching').includes(name)) fleet.renew(name);
  else if (kind === 'fail' && fleet.inState('switching').includes(name)) fleet.fail(name, 'it does not start');
};

test('never too many, never one with a job, nobody after a halt, and every story comes to its end', () => {
  const size = fc.integer({ min: 1, max: 12 });
  const stories = size.chain((count) =>
    fc.tuple(fc.constant(count), fc.array(step(count), { maxLength: 50, size: 'max' }), fc.boolean()),
  );
  fc.assert(
    fc.property(stories, ([count, steps, isHonest]) => {
      const fleet = new Fleet(count, (index) => (index % 3 === 0 ? 'gpu' : 'cpu'), new Watched());
      fleet.begin();
      for (const each of steps) take(fleet, each);
      // Jobs end, and whoever was told becomes the new one, or nobody ever does.
      for (let round = 0; round < 400; round++) {
        if (['done', 'halted'].includes(fleet.phase) && !fleet.rollout.members.some(isInUpdate)) return;
        for (const name of fleet.names)
          for (const lease of fleet.leases(name)) {
            fleet.story.accept(lease.jobId, lease, name);
            fleet.story.end(lease.jobId, 'succeeded', lease, name, 99);
          }
        if (isHonest) for (const name of fleet.inState('switching')) fleet.renew(name);
        fleet.pass(isHonest ? 10 : 60);
      }
      ok(false, `it does not end: ${JSON.stringify(fleet.rollout)}`);
    }),
    { numRuns: 30, seed: Number(process.env.MUSTER_SEED ?? 20_261_123) },
  );
});
