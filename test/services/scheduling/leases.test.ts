// Is a lease offered, accepted, renewed, reported and lost by the rules?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { Story } from '../../support/story.ts';

const refusal = (decision: { reply: unknown }) => (decision.reply as { code?: string }).code;

function oneRunning(): Story {
  const story = new Story();
  story.create('w1');
  story.connect('w1');
  story.submit('j1');
  story.accept('j1');
  return story;
}

test('a job is offered, accepted, run and reported once', () => {
  const story = new Story();
  story.create('w1');
  story.submit('j1');
  strictEqual(story.job('j1').state, 'queued');
  story.connect('w1');
  strictEqual(story.job('j1').state, 'offered');
  story.accept('j1');
  strictEqual(story.job('j1').state, 'running');
  story.end('j1');
  strictEqual(story.job('j1').state, 'succeeded');
  strictEqual(story.job('j1').exitCode, 0);
});

test('an offer that nobody takes goes back to the queue, however green the heartbeats are (I5)', () => {
  const story = new Story();
  story.create('w1');
  story.connect('w1');
  story.submit('j1');
  const offered = story.lease('j1');
  for (let beat = 0; beat < 3; beat++) {
    story.heartbeat('w1', []);
    story.pass(4);
  }
  strictEqual(story.job('j1').attempts[0]?.cause, 'not_accepted');
  strictEqual(refusal(story.accept('j1', offered, 'w1')), 'stale_lease');
});

test('a heartbeat renews only the leases it names', () => {
  const story = oneRunning();
  story.submit('j2');
  story.accept('j2');
  for (let beat = 0; beat < 5; beat++) {
    story.pass(30);
    story.heartbeat('w1', [story.lease('j1')]);
  }
  strictEqual(story.job('j1').state, 'running');
  strictEqual(story.job('j2').attempts[0]?.cause, 'worker_lost');
});

test('a silent worker loses its job only after ttl and grace, and the job runs elsewhere', () => {
  const story = oneRunning();
  story.pass(134);
  strictEqual(story.job('j1').state, 'running');
  story.create('w2');
  story.connect('w2');
  story.pass(2);
  strictEqual(story.holder('j1'), 'w2');
  strictEqual(story.job('j1').retriesSpent, 0);
});

test('a report under an old fence changes nothing and is audited (I4)', () => {
  const story = oneRunning();
  const old = story.lease('j1');
  story.connect('w1');
  strictEqual(story.job('j1').attempts[0]?.cause, 'agent_died');
  const before = story.job('j1');
  strictEqual(refusal(story.end('j1', 'succeeded', old, 'w1')), 'stale_lease');
  deepStrictEqual(story.job('j1'), before);
  strictEqual(
    story.audit.some((change) => change.table === 'audit' && change.row.outcome === 'refused'),
    true,
  );
});

test('the same terminal report again is acknowledged, another one is refused', () => {
  const story = oneRunning();
  const lease = story.lease('j1');
  story.end('j1', 'succeeded', lease, 'w1', 3);
  strictEqual(story.end('j1', 'succeeded', lease, 'w1', 3).reply.ok, true);
  strictEqual(refusal(story.end('j1', 'exit', lease, 'w1', 4)), 'stale_lease');
  strictEqual(story.job('j1').state, 'succeeded');
});

test('a report that a newer one has overtaken is acknowledged and changes nothing', () => {
  const story = oneRunning();
  const report = (seq: number) =>
    story.run({
      type: 'report',
      workerId: 'w1',
      session: story.session('w1'),
      lease: story.lease('j1'),
      seq,
      ended: null,
    });
  report(5);
  strictEqual(report(3).reply.ok, true);
  strictEqual(story.job('j1').attempts[0]?.seq, 5);
});

test('each start raises the epoch, so a crash can never repeat a fence', () => {
  const story = oneRunning();
  const before = story.lease('j1').fence;
  story.run({ type: 'start' });
  story.connect('w1');
  const after = story.lease('j1').fence;
  strictEqual(after.epoch, before.epoch + 1);
});

test('a request of an older session is refused', () => {
  const story = oneRunning();
  const old = story.session('w1');
  story.connect('w1', [story.lease('j1')]);
  const decision = story.run({ type: 'heartbeat', workerId: 'w1', session: old, leases: [story.lease('j1')] });
  strictEqual(refusal(decision), 'stale_session');
});

test('a register that claims its job goes on with it, one that does not ends the attempt at once', () => {
  const story = oneRunning();
  story.connect('w1', [story.lease('j1')]);
  strictEqual(story.job('j1').state, 'running');
  strictEqual(story.job('j1').attempts.length, 1);
  story.create('w2');
  story.connect('w2');
  story.connect('w1');
  strictEqual(story.holder('j1'), 'w2');
});

test('a claim whose accept was answered into the void is resumed', () => {
  const story = new Story();
  story.create('w1');
  story.connect('w1');
  story.submit('j1');
  const { reply } = story.connect('w1', [story.lease('j1')]);
  deepStrictEqual(reply, { ok: true, type: 'registered', resume: [story.lease('j1')], abandon: [] });
  strictEqual(story.job('j1').state, 'running');
});

test('a job taken for lost and not offered since is adopted back, nothing spent', () => {
  const story = oneRunning();
  const lease = story.lease('j1');
  story.pass(136);
  strictEqual(story.job('j1').state, 'queued');
  strictEqual(story.job('j1').workersLost, 1);
  story.apply({ type: 'drain', workerId: 'w1', draining: true });
  const { reply } = story.connect('w1', [lease]);
  deepStrictEqual(reply, { ok: true, type: 'registered', resume: [lease], abandon: [] });
  strictEqual(story.job('j1').workersLost, 0);
  story.end('j1', 'succeeded', lease, 'w1');
  strictEqual(story.job('j1').state, 'succeeded');
});

test('a job given away meanwhile is abandoned by its first worker', () => {
  const story = oneRunning();
  const lease = story.lease('j1');
  story.create('w2');
  story.connect('w2');
  for (let beat = 0; beat < 14; beat++) {
    story.heartbeat('w2', []);
    story.pass(10);
  }
  strictEqual(story.holder('j1'), 'w2');
  const { reply } = story.connect('w1', [lease]);
  deepStrictEqual(reply, { ok: true, type: 'registered', resume: [], abandon: [lease] });
});

test('a cancel of a queued or offered job is final, of a running one it reaches the worker', () => {
  const story = new Story();
  story.submit('queued');
  story.run({ type: 'cancel', jobId: 'queued' });
  strictEqual(story.job('queued').state, 'cancelled');

  story.create('w1');
  story.connect('w1');
  story.submit('offered');
  story.run({ type: 'cancel', jobId: 'offered' });
  strictEqual(story.job('offered').state, 'cancelled');

  story.submit('running');
  story.accept('running');
  story.run({ type: 'cancel', jobId: 'running' });
  strictEqual(story.effects.at(-1)?.type, 'cancel');
  const beat = story.heartbeat('w1', [story.lease('running')]).reply;
  deepStrictEqual('cancel' in beat && beat.cancel, [story.lease('running')]);
  story.end('running', 'cancelled');
  strictEqual(story.job('running').state, 'cancelled');
});

test('of a cancel and a completion the first one wins', () => {
  const story = oneRunning();
  story.end('j1');
  strictEqual(refusal(story.run({ type: 'cancel', jobId: 'j1' })), 'already_ended');
  const other = oneRunning();
  other.run({ type: 'cancel', jobId: 'j1' });
  other.end('j1', 'succeeded');
  strictEqual(other.job('j1').state, 'succeeded');
});

test('a worker that leaves hands its jobs back, and no retry is spent', () => {
  const story = oneRunning();
  story.run({ type: 'leave', workerId: 'w1', session: story.session('w1') });
  const { state, retriesSpent, workersLost, interruptions } = story.job('j1');
  deepStrictEqual([state, retriesSpent, workersLost, interruptions], ['queued', 0, 0, 1]);
});
