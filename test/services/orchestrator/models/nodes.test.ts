// Are Ollama nodes asked gently, and is a sick one told apart from a slow one?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createModelNodes } from '../../../../services/orchestrator/models/nodes.ts';
import { type FakeOllama, someModels, startFakeOllama } from '../../../support/fake-ollama.ts';

const threePaths = ['/api/ps', '/api/tags', '/api/version'];
const answer = {
  version: '0.9.6',
  models: 2,
  loaded: [
    {
      name: 'llama3.2:3b',
      sizeBytes: 3_000_000_000,
      vramBytes: 2_000_000_000,
      expiresAt: Date.parse('2318-11-23T03:55:28.968Z'),
    },
  ],
};

/** The nodes `a`, `b`, … and a clock that the test turns. `answered` looks until each has answered. */
const watch = (...fakes: readonly Pick<FakeOllama, 'url'>[]) => {
  const clock = { nowMs: 0 };
  const nodes = fakes.map(({ url }, at) => ({ node: 'abc'[at] as string, url }));
  const { look } = createModelNodes(nodes, () => clock.nowMs);
  const answered = async () => {
    const endMs = performance.now() + 10_000;
    for (;;) {
      const views = await look();
      if (views.every((view) => view.answer !== null)) return views;
      assert.ok(performance.now() < endMs, 'a node does not answer');
      await delay(10);
    }
  };
  return { clock, look, answered };
};

test('a node is asked its three questions once in five seconds, however many look', async (t) => {
  const fake = await startFakeOllama(t, someModels());
  const { clock, look, answered } = watch({ url: `${fake.url}/` });
  const looks = await Promise.all([answered(), answered(), answered()]);
  for (const views of looks) assert.deepEqual(views, [{ node: 'a', answer }]);
  clock.nowMs = 4999;
  await look();
  assert.deepEqual(fake.asked.toSorted(), threePaths);
  clock.nowMs = 5000;
  await look();
  assert.equal(fake.asked.length, 6);
});

test('a slow node holds nobody up, is asked nothing more meanwhile, and keeps its last answer', async (t) => {
  const fake = await startFakeOllama(t, someModels());
  const { clock, look, answered } = watch(fake);
  await answered();
  fake.hold = true;
  clock.nowMs = 5000;
  assert.deepEqual(await look(), [{ node: 'a', answer }]);
  clock.nowMs = 6000;
  await Promise.all([look(), look()]);
  assert.equal(fake.asked.length, 6);
  fake.answers = { ...someModels(), '/api/ps': { models: null } };
  fake.release();
  while ((await look())[0]?.answer?.loaded.length !== 0) await delay(10);
});

test('a node that never answers is down after two seconds, and the others are not', async (t) => {
  const [sick, well] = [await startFakeOllama(t, someModels()), await startFakeOllama(t, someModels())];
  const { clock, look, answered } = watch(sick, well);
  await answered();
  sick.hold = true;
  clock.nowMs = 5000;
  const endMs = performance.now() + 10_000;
  for (let views = await look(); views[0]?.answer !== null; views = await look()) {
    assert.deepEqual(views[1], { node: 'b', answer });
    assert.ok(performance.now() < endMs, 'it is still up');
  }
});

test('what is not Ollama is down: no listener, another status, no JSON, another shape, an endless answer', async (t) => {
  const fake = await startFakeOllama(t, someModels());
  const looked = async (change: Partial<FakeOllama>) => {
    Object.assign(fake, { status: 200, answers: someModels() }, change);
    return (await watch(fake).look())[0]?.answer;
  };
  assert.deepEqual(await watch(fake).answered(), [{ node: 'a', answer }]);
  assert.equal(await looked({ status: 500 }), null);
  assert.equal(await looked({ status: 302 }), null);
  assert.equal(await looked({ answers: { ...someModels(), '/api/ps': '<html>' } }), null);
  assert.equal(await looked({ answers: { ...someModels(), '/api/tags': { models: 7 } } }), null);
  assert.equal(await looked({ answers: { ...someModels(), '/api/version': 'x'.repeat(5 * 1024 * 1024) } }), null);
  assert.deepEqual(await watch({ url: 'http://127.0.0.1:1' }).look(), [{ node: 'a', answer: null }]);
});

test('odd figures of a model are no reason to lose the others', async (t) => {
  const odd = { name: 'odd', size: -1, size_vram: 'all', expires_at: 'soon' };
  const fake = await startFakeOllama(t, someModels([odd]));
  const [view] = await watch(fake).answered();
  assert.deepEqual(view?.answer?.loaded[1], { name: 'odd', sizeBytes: 0, vramBytes: 0, expiresAt: null });
});
