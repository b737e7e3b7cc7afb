// Do we suspect ourselves before we give up a fleet? (I12)
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { workerState } from '../../../services/scheduling/index.ts';
import { Story } from '../../support/story.ts';

function fleet(count: number): Story {
  const story = new Story();
  for (let n = 0; n < count; n++) {
    story.create(`w${n}`);
    story.connect(`w${n}`);
    story.submit(`j${n}`, { cpus: 4 });
    story.accept(`j${n}`);
  }
  return story;
}

const running = (story: Story): number =>
  [...story.state.jobs.values()].filter((job) => job.state === 'running').length;

test('after our own start no lease expires before ttl and grace', () => {
  const story = fleet(2);
  story.pass(130);
  story.run({ type: 'start' });
  story.pass(130);
  strictEqual(running(story), 2);
  story.pass(10);
  strictEqual(running(story), 0);
});

test('a stop of our own clock moves every deadline', () => {
  const story = fleet(2);
  story.pass(60);
  story.mono += 3_600_000;
  story.pass(60);
  strictEqual(running(story), 2);
  strictEqual(story.effects.filter((effect) => effect.type === 'alert').length, 1);
});

test('when most of the fleet falls silent at once nothing is requeued, and one alert goes out', () => {
  const story = fleet(10);
  story.heartbeat('w0', [story.lease('j0')]);
  story.pass(200);
  strictEqual(running(story), 10);
  strictEqual(story.effects.filter((effect) => effect.type === 'alert').length, 1);
});

test('the brake lets go when the workers are back', () => {
  const story = fleet(10);
  story.pass(200);
  for (let n = 0; n < 10; n++) story.heartbeat(`w${n}`, [story.lease(`j${n}`)]);
  story.pass(1);
  strictEqual(story.state.brake, null);
  strictEqual(running(story), 10);
});

test('a brake that nobody lifts releases at most a tenth of the fleet per ttl, so no operator is needed (I9)', () => {
  const story = fleet(20);
  story.pass(125 + 300 + 1);
  strictEqual(20 - running(story), 2);
  story.pass(120);
  strictEqual(20 - running(story), 4);
  story.pass(120 * 10);
  strictEqual(running(story), 0);
});

test('a draining worker that falls silent is offline and its job queued, like any other', () => {
  const story = fleet(1);
  story.run({ type: 'drain', workerId: 'w0', draining: true });
  story.pass(140);
  const worker = story.state.workers.get('w0');
  strictEqual(worker && workerState(story.state, worker), 'offline');
  strictEqual(story.job('j0').state, 'queued');
});

test('an offline member of a class is forgotten, a worker made by hand or invited is not', () => {
  const story = new Story();
  story.create('by-hand');
  story.create('member', { class: 'gpu' });
  story.create('guest', { class: 'gpu', inviteId: 'i_1' });
  story.pass(601);
  deepStrictEqual([...story.state.workers.keys()], ['by-hand', 'guest']);
});
