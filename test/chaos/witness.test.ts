// Does the checker of the chaos runs see each kind of damage? A planted one per kind must turn it red.
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { type Evidence, judge, parseWitness } from '../support/witness.ts';

const line = (mark: 'S' | 'E', job: string, attempt = `${job}.1.1`) => ({ mark, job, attempt });
const done = (id: string, name: string) => ({
  id,
  name,
  state: 'succeeded' as const,
  attempts: [{ cause: 'succeeded' as const }],
});

/** Two jobs, both acked, both executed once and ended once. */
const good: Evidence = {
  submitted: new Map([
    ['one', 'j1'],
    ['two', 'j2'],
  ]),
  lines: [line('S', 'j1'), line('E', 'j1'), line('S', 'j2'), line('E', 'j2')],
  jobs: [done('j1', 'one'), done('j2', 'two')],
  audit: [
    { action: 'job.ended', target: 'j1' },
    { action: 'job.ended', target: 'j2' },
  ],
};
const clean = { lost: [], unexpected: [], duplicated: [], stuck: [], recovered: [], reexecutions: 0 };

test('a run in which every job ended once is clean', () => {
  deepStrictEqual(judge(good), clean);
});

const damages: readonly [string, Partial<Evidence>, Partial<typeof clean> | Record<string, unknown>][] = [
  ['an acked job that the API does not list is lost', { jobs: [done('j1', 'one')] }, { lost: ['two'] }],
  [
    'a success without an execution that came to its end is lost',
    { lines: good.lines.filter(({ job, mark }) => job !== 'j1' || mark === 'S') },
    { lost: ['one'] },
  ],
  ['an end without its audit row is lost', { audit: good.audit.slice(1) }, { lost: ['one'] }],
  [
    'a job that nobody submitted is unexpected',
    {
      jobs: [...good.jobs, done('j3', 'three')],
      lines: [...good.lines, line('S', 'j3'), line('E', 'j3')],
      audit: [...good.audit, { action: 'job.ended', target: 'j3' }],
    },
    { unexpected: ['j3'] },
  ],
  [
    'an execution of a job that is not there is unexpected',
    { lines: [...good.lines, line('S', 'j9')] },
    { unexpected: ['j9'] },
  ],
  [
    'a second accepted completion is a duplicate',
    { audit: [...good.audit, { action: 'job.ended', target: 'j2' }] },
    { duplicated: ['two'] },
  ],
  [
    'two successful attempts of a job are a duplicate',
    {
      jobs: [done('j1', 'one'), { ...done('j2', 'two'), attempts: [{ cause: 'succeeded' }, { cause: 'succeeded' }] }],
    },
    { duplicated: ['two'] },
  ],
  [
    'a submit that made two jobs is a duplicate',
    {
      jobs: [...good.jobs, done('j4', 'two')],
      audit: [...good.audit, { action: 'job.ended', target: 'j4' }],
    },
    { duplicated: ['two'] },
  ],
  [
    'a job that is not over is stuck',
    { jobs: [done('j1', 'one'), { id: 'j2', name: 'two', state: 'running', attempts: [] }] },
    { stuck: ['two'] },
  ],
  [
    'a job whose submit got no answer may appear, and is reported',
    {
      submitted: new Map([
        ['one', 'j1'],
        ['two', null],
      ]),
    },
    { recovered: ['two'] },
  ],
  [
    'a second execution is counted, and allowed',
    { lines: [line('S', 'j1', 'j1.1.0'), ...good.lines] },
    { reexecutions: 1 },
  ],
];

for (const [name, damage, seen] of damages) {
  test(name, () => deepStrictEqual(judge({ ...good, ...damage }), { ...clean, ...seen }));
}

test('a line that a kill cut off is no witness', () => {
  deepStrictEqual(parseWitness('S j1 j1.1.1\nE j1 j1.1.1\nS j2 j2'), [line('S', 'j1'), line('E', 'j1')]);
});
