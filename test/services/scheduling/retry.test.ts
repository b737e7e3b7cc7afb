// What does each cause of an end spend, and when is it enough?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { Story } from '../../support/story.ts';

function withWorkers(count: number): Story {
  const story = new Story();
  for (let n = 1; n <= count; n++) {
    story.create(`w${n}`);
    story.connect(`w${n}`);
  }
  return story;
}

/** Lets the job's back-off pass while every worker stays alive. */
function wait(story: Story, seconds: number): void {
  for (let passed = 0; passed < seconds; passed += 10) {
    for (const worker of story.state.workers.keys()) {
      const leases = [...(story.state.held.get(worker) ?? [])].map((id) => story.lease(id));
      story.heartbeat(worker, leases);
    }
    story.pass(Math.min(10, seconds - passed));
  }
}

test('a failing job is tried again after a growing pause, on another worker, until its retries are spent', () => {
  const story = withWorkers(2);
  story.submit('j1', { retries: 2 });
  const workers: (string | undefined)[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    workers.push(story.holder('j1'));
    story.accept('j1');
    story.end('j1', 'exit');
    if (attempt < 2) strictEqual(story.job('j1').notBefore - story.now.wall, 1_000 * 2 ** attempt);
    wait(story, 5);
  }
  strictEqual(story.job('j1').state, 'failed');
  strictEqual(story.job('j1').exitCode, 1);
  strictEqual(new Set(workers.slice(0, 2)).size, 2);
  deepStrictEqual(
    story.job('j1').attempts.map((each) => each.number),
    [1, 2, 3],
  );
});

test('a job that can never start fails at once and says why', () => {
  const story = withWorkers(1);
  story.submit('j1');
  story.accept('j1');
  story.end('j1', 'cannot_start');
  deepStrictEqual([story.job('j1').state, story.job('j1').cause], ['failed', 'cannot_start']);
});

test('a job under which three agents died is quarantined', () => {
  const story = withWorkers(1);
  story.submit('j1');
  for (let death = 0; death < 3; death++) {
    strictEqual(story.holder('j1'), 'w1');
    story.accept('j1');
    story.connect('w1');
  }
  deepStrictEqual([story.job('j1').state, story.job('j1').cause], ['failed', 'quarantined']);
});

test('after an agent died under it a job goes to another worker, though that one is busier', () => {
  const story = withWorkers(2);
  story.submit('j1');
  const first = story.holder('j1') as string;
  const other = first === 'w1' ? 'w2' : 'w1';
  story.accept('j1');
  story.submit('filler', { cpus: 3 });
  strictEqual(story.holder('filler'), other);
  story.accept('filler');
  story.connect(first);
  strictEqual(story.holder('j1'), other);
});

test('after an agent died under it a job does not wait for a worker without a stream, which may be dead as well', () => {
  const story = withWorkers(2);
  story.submit('j1');
  const first = story.holder('j1') as string;
  const other = first === 'w1' ? 'w2' : 'w1';
  story.accept('j1');
  story.run({ type: 'stream', workerId: other, session: story.session(other), open: false });
  story.connect(first);
  strictEqual(story.holder('j1'), first);
});

test('an interruption spends no retry, and has a cap of its own', () => {
  const story = withWorkers(1);
  story.submit('j1', { retries: 0 });
  for (let time = 0; time <= 20; time++) {
    story.accept('j1');
    story.end('j1', 'drained');
  }
  deepStrictEqual([story.job('j1').state, story.job('j1').retriesSpent], ['failed', 0]);
});

test('a worker that refuses waits before its next offer; the job does not', () => {
  const story = withWorkers(2);
  story.submit('j1');
  const first = story.holder('j1') as string;
  const lease = story.lease('j1');
  story.run({ type: 'refuse', workerId: first, session: story.session(first), lease, reason: 'the disk is full' });
  strictEqual(story.holder('j1'), first === 'w1' ? 'w2' : 'w1');
});
