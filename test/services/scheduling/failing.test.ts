// What does the scheduler make of an agent that says it keeps failing?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import type { Failing } from '../../../services/protocol/index.ts';
import { gpuUse, type Worker, workerState, workerView } from '../../../services/scheduling/index.ts';
import { Story } from '../../support/story.ts';

const failing: Failing = { count: 3, since: '2026-01-02T03:04:05Z', reason: 'it hung and was killed', lines: ['a'] };
const say = (story: Story, value: Failing | null) => story.run({ type: 'failing', workerId: 'w', failing: value });
const stateOf = (story: Story) => workerState(story.state, story.state.workers.get('w') as Worker);
const audited = (story: Story) =>
  story.audit.flatMap((change) =>
    change.table === 'audit' && /failing|recovered/.test(change.row.action) ? [change.row] : [],
  );

const connected = (facts: Partial<Worker> = {}): Story => {
  const story = new Story();
  story.create('w', facts);
  story.connect('w');
  return story;
};

test('it shows with all that it said, is written down once, and so is its end', () => {
  const story = connected();
  say(story, failing);
  say(story, { ...failing, count: 4 });
  strictEqual(stateOf(story), 'failing');
  const view = workerView(story.state, story.state.workers.get('w') as Worker, null);
  deepStrictEqual([view.state, view.failing], ['failing', { ...failing, count: 4 }]);
  say(story, null);
  say(story, null);
  strictEqual(stateOf(story), 'idle');
  deepStrictEqual(
    audited(story).map(({ action, detail }) => [action, detail]),
    [
      ['worker.failing', { count: 3, reason: 'it hung and was killed' }],
      ['worker.recovered', {}],
    ],
  );
});

test('a new start of the agent takes nothing back, and it gets jobs as any other while it is there', () => {
  const card = { index: 0, uuid: null, name: 'card', memoryMiB: 1, driver: null };
  const story = connected({ capacity: { cpus: 4, memoryMiB: 8192, diskMiB: 10_000, gpus: [card] } });
  say(story, failing);
  story.connect('w');
  strictEqual(stateOf(story), 'failing');
  deepStrictEqual(gpuUse(story.state, story.state.workers.get('w') as Worker), { busy: 0, free: 1, away: 0 });
  story.submit('j');
  strictEqual(story.holder('j'), 'w');
});

test('whoever leaves is offline', () => {
  const story = connected();
  say(story, failing);
  story.run({ type: 'leave', workerId: 'w', session: story.session('w') });
  strictEqual(stateOf(story), 'offline');
});

test('an orchestrator that starts anew knows it when it is told again', () => {
  const story = connected();
  say(story, failing);
  story.run({ type: 'start' });
  strictEqual(stateOf(story), 'offline');
  say(story, failing);
  strictEqual(stateOf(story), 'failing');
});

test('a member of a class that tries to come back is not forgotten; one that is silent is', () => {
  const story = connected({ class: 'c' });
  for (let minute = 0; minute < 20; minute++) {
    say(story, failing);
    story.pass(60);
  }
  strictEqual(stateOf(story), 'failing');
  story.pass(800);
  strictEqual(story.state.workers.has('w'), false);
});

test('a worker of its own whose host is gone for ten minutes is offline, not failing', () => {
  const story = connected();
  say(story, failing);
  story.pass(500);
  strictEqual(stateOf(story), 'failing');
  story.pass(200);
  strictEqual(stateOf(story), 'offline');
});

test('a worker that nobody knows is refused', () => {
  const { reply } = say(new Story(), failing);
  deepStrictEqual(reply, { ok: false, code: 'unknown_worker', message: 'there is no worker w' });
});
