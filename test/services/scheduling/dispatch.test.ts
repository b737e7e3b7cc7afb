// Does each job land where it should, and does it say why when it does not?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import type { Capacity } from '../../../services/protocol/index.ts';
import { jobView } from '../../../services/scheduling/index.ts';
import { Story } from '../../support/story.ts';

const gpu = (index: number) => ({ index, uuid: `GPU-${index}`, name: 'RTX 4090', memoryMiB: 24_564, driver: '570.1' });
const capacity = (cpus: number, gpus = 0): Capacity => ({
  cpus,
  memoryMiB: 2048 * cpus,
  diskMiB: 10_000,
  gpus: Array.from({ length: gpus }, (_, index) => gpu(index)),
});

function cluster(workers: Record<string, { cpus: number; gpus?: number; labels?: Record<string, string> }>): Story {
  const story = new Story();
  for (const [id, { cpus, gpus = 0, labels = {} }] of Object.entries(workers)) {
    story.create(id, { capacity: capacity(cpus, gpus), adminLabels: labels });
    story.connect(id);
  }
  return story;
}

const whyNot = (story: Story, id: string) => jobView(story.state, story.job(id), story.now, null).whyNot;

test('jobs spread over the freest workers and never take more CPUs than there are', () => {
  const story = cluster({ a: { cpus: 4 }, b: { cpus: 4 }, c: { cpus: 2 } });
  for (let n = 0; n < 12; n++) story.submit(`j${n}`);
  const count = (id: string) => story.state.held.get(id)?.size;
  deepStrictEqual([count('a'), count('b'), count('c')], [4, 4, 2]);
  deepStrictEqual(story.state.queue, ['j10', 'j11']);
  deepStrictEqual(whyNot(story, 'j10')[0], { worker: 'a', reason: 'busy: 0 of 1 CPUs free' });
});

test('a higher priority goes first, and within one the first submitted', () => {
  const story = cluster({ a: { cpus: 1 } });
  story.submit('first');
  story.submit('low', { priority: 1 });
  story.submit('high', { priority: 20 });
  story.submit('middle');
  deepStrictEqual(story.state.queue, ['high', 'middle', 'low']);
  story.accept('first');
  story.end('first');
  strictEqual(story.holder('high'), 'a');
});

test('labels are globs, and each miss names the worker and the predicate', () => {
  const story = cluster({
    a: { cpus: 1, labels: { gpu: 'a100-80gb' } },
    b: { cpus: 1, labels: { gpu: 'l4' } },
    c: { cpus: 1 },
  });
  story.submit('j1', { labels: { gpu: 'a100*' } });
  strictEqual(story.holder('j1'), 'a');
  story.submit('j2', { labels: { gpu: 'h100*' } });
  deepStrictEqual(whyNot(story, 'j2'), [
    { worker: 'a', reason: 'gpu=a100-80gb does not match gpu=h100*' },
    { worker: 'b', reason: 'gpu=l4 does not match gpu=h100*' },
    { worker: 'c', reason: 'no label gpu (wanted gpu=h100*)' },
  ]);
});

test('two jobs never share a GPU, and a plain job leaves the GPUs alone', () => {
  const story = cluster({ plain: { cpus: 8 }, cards: { cpus: 8, gpus: 2 } });
  story.submit('g1', { gpus: 1 });
  story.submit('g2', { gpus: 1 });
  story.submit('g3', { gpus: 1 });
  story.submit('cpu');
  deepStrictEqual([story.job('g1').attempts[0]?.gpus, story.job('g2').attempts[0]?.gpus], [[0], [1]]);
  strictEqual(story.job('g3').state, 'queued');
  deepStrictEqual(whyNot(story, 'g3')[0], { worker: 'cards', reason: 'busy: 0 of 1 GPUs free' });
  strictEqual(story.holder('cpu'), 'plain');
});

test('a worker that speaks the SimpleTuner protocol is idle and never gets a command', () => {
  const story = new Story();
  story.create('tuner', { kind: 'compatible', capacity: capacity(64, 8) });
  story.connect('tuner');
  story.submit('j1');
  strictEqual(story.job('j1').state, 'queued');
  strictEqual(whyNot(story, 'j1')[0]?.reason, 'speaks the SimpleTuner protocol and takes no command jobs');
});

test('nothing is offered to a drained worker, through reconnects and restarts, until undrain (I10)', () => {
  const story = cluster({ a: { cpus: 4 } });
  story.submit('running');
  story.accept('running');
  story.submit('offered');
  story.run({ type: 'drain', workerId: 'a', draining: true });
  deepStrictEqual([story.job('running').state, story.job('offered').state], ['running', 'queued']);
  story.connect('a', [story.lease('running')]);
  story.run({ type: 'start' });
  story.connect('a', [story.lease('running')]);
  story.end('running');
  deepStrictEqual([story.job('running').state, story.job('offered').state], ['succeeded', 'queued']);
  story.run({ type: 'drain', workerId: 'a', draining: false });
  strictEqual(story.job('offered').state, 'offered');
});
