// Does an agent that fell again and again say so when it is connected, and when is it well?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keepLastWords } from '../../../../services/agent/failures/last-words.ts';
import { openLife } from '../../../../services/agent/failures/life.ts';
import { readFailures } from '../../../../services/agent/failures/record.ts';
import type { Failing } from '../../../../services/protocol/index.ts';
import { ownFolder } from '../../../support/folder.ts';

/** An agent of a folder whose minute passes when the test says so. */
const stage = (t: TestContext) => {
  const state = ownFolder(t);
  const minutes: { readonly ms: number; readonly pass: () => void }[] = [];
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((pass) => {
      minutes.push({ ms, pass });
      if (signal?.aborted) pass();
      signal?.addEventListener('abort', () => pass());
    });
  const now = () => new Date('2026-01-02T03:04:05.678Z');
  const said: (Failing | null)[] = [];
  const say = async (failing: Failing | null) => void said.push(failing);
  const open = () => openLife({ state, limit: 3, clock: { wait }, now, boot: 'boot' });
  const fall = (times: number) => {
    for (let n = 0; n < times; n++) open().begin();
  };
  return { fall, minutes, open, said, say, state };
};

test('after the limit it says so at each connection, and after a minute that it is well', async (t) => {
  const { fall, minutes, open, said, say, state } = stage(t);
  keepLastWords(state)('about to fall\n');
  fall(3);
  const life = open();
  life.begin();
  const first = life.connected(true, say);
  await life.connected(false, say);
  await first;
  const second = life.connected(true, say);
  await new Promise(setImmediate);
  const failing = {
    ...{ count: 3, since: '2026-01-02T03:04:05.678Z', reason: 'it was killed, by hand or for lack of memory' },
    lines: ['about to fall'],
  };
  deepStrictEqual(said, [failing, failing]);
  strictEqual(minutes.at(-1)?.ms, 60_000);
  minutes.at(-1)?.pass();
  await second;
  deepStrictEqual(said, [failing, failing, null]);
  strictEqual(readFailures(state).count, 0);
  await life.connected(true, say);
  strictEqual(said.length, 3);
});

test('below the limit nothing is said, and a minute takes the count back all the same', async (t) => {
  const { fall, minutes, open, said, say, state } = stage(t);
  fall(2);
  const life = open();
  life.begin();
  strictEqual(readFailures(state).count, 2);
  const connected = life.connected(true, say);
  await new Promise(setImmediate);
  minutes.at(-1)?.pass();
  await connected;
  deepStrictEqual([readFailures(state).count, said], [0, []]);
});

test('a connection that breaks within the minute proves nothing', async (t) => {
  const { fall, open, said, say, state } = stage(t);
  fall(4);
  const life = open();
  life.begin();
  const connected = life.connected(true, say);
  await new Promise(setImmediate);
  await life.connected(false, say);
  await connected;
  strictEqual(readFailures(state).count, 4);
  deepStrictEqual(
    said.map((each) => each?.count),
    [4],
  );
});

test('that it is well is said at the next connection when this one broke before it was heard', async (t) => {
  const { fall, minutes, open, say, said } = stage(t);
  fall(3);
  const life = open();
  life.begin();
  const deaf = (failing: Failing | null, until: AbortSignal) =>
    failing !== null ? say(failing) : new Promise<void>((done) => until.addEventListener('abort', () => done()));
  const first = life.connected(true, deaf);
  await new Promise(setImmediate);
  minutes.at(-1)?.pass();
  await new Promise(setImmediate);
  await life.connected(false, say);
  await first;
  await life.connected(true, say);
  deepStrictEqual(
    said.map((each) => each?.count ?? null),
    [3, null],
  );
});

test('an agent that never held its folder notes nothing there', async (t) => {
  const { open, state } = stage(t);
  open().begin();
  const stranger = openLife({ state, limit: 1, clock: { wait: async () => {} }, now: () => new Date(), boot: 'boot' });
  await stranger.giveUp('another agent is running');
  stranger.leave();
  deepStrictEqual([readFailures(state).run, readFailures(state).count], ['running', 0]);
  strictEqual(readFailures(join(state, 'none')).run, 'none');
});
