// Which ends of an agent count as bad, and when does the count begin anew?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { badEnd, type End } from '../../../../services/agent/failures/end-words.ts';
import {
  ended,
  type Failures,
  gaveUp,
  leaving,
  noFailures,
  recovered,
  started,
  wasWished,
} from '../../../../services/agent/failures/rule.ts';

const killed = 'it was killed, by hand or for lack of memory';
const start = (before: Failures, at = 'later', boot = 'boot-1') => started(before, boot, at);

test('starts without an end between count, and the first of them is remembered', () => {
  let failures = start(noFailures, 'first');
  strictEqual(failures.count, 0);
  for (const at of ['second', 'third', 'fourth']) failures = start(failures, at);
  deepStrictEqual(failures, { run: 'running', boot: 'boot-1', count: 3, since: 'second', reason: killed });
});

test('a power cut counts nothing and takes nothing back', () => {
  const twice = start(start(start(noFailures)));
  deepStrictEqual(start(twice, 'later', 'boot-2'), { ...twice, boot: 'boot-2' });
});

test('an agent that was told to stop did not fail, whatever ended it, and is not well for that', () => {
  const once = start(start(noFailures));
  const stopped = leaving(once);
  strictEqual(start(stopped).count, 1);
  strictEqual(ended(stopped, 'it did not start or stop in time', 'later').count, 1);
  strictEqual(ended(once, null, 'later').count, 1);
  deepStrictEqual(
    [stopped, once].map((each) => wasWished(each, 'it hung and was killed')),
    [true, false],
  );
});

test('an end that was seen from outside is not counted again by the next start', () => {
  const seen = ended(start(noFailures), 'it ended with exit code 3', 'then');
  deepStrictEqual(start(seen), {
    ...{ run: 'running', boot: 'boot-1', count: 1, since: 'then', reason: 'it ended with exit code 3' },
  });
});

test('an agent that gives up counts once, though its end is seen as well', () => {
  const gone = gaveUp(start(noFailures), 'no place', 'then');
  const seen = ended(gone, 'it ended with exit code 1', 'later');
  deepStrictEqual([seen.count, seen.reason, start(seen).count, start(gone).count], [1, 'no place', 1, 1]);
  strictEqual(wasWished(gone, 'it ended with exit code 1'), false);
});

test('well for long enough, the count begins anew', () => {
  const well = recovered(start(start(noFailures)));
  deepStrictEqual(well, { run: 'running', boot: 'boot-1', count: 0, since: null, reason: '' });
  strictEqual(start(well, 'again').since, 'again');
});

const ends: readonly (readonly [End, string | null])[] = [
  [{ SERVICE_RESULT: 'success', EXIT_CODE: 'exited', EXIT_STATUS: '0' }, null],
  [{ SERVICE_RESULT: 'success', EXIT_CODE: 'killed', EXIT_STATUS: 'TERM' }, null],
  [{ SERVICE_RESULT: 'exit-code', EXIT_CODE: 'exited', EXIT_STATUS: '7' }, 'it ended with exit code 7'],
  [{ SERVICE_RESULT: 'signal', EXIT_CODE: 'killed', EXIT_STATUS: 'KILL' }, killed],
  [{ SERVICE_RESULT: 'core-dump', EXIT_CODE: 'dumped', EXIT_STATUS: 'SEGV' }, 'it was ended by SIGSEGV'],
  [{ SERVICE_RESULT: 'watchdog', EXIT_CODE: 'killed', EXIT_STATUS: 'ABRT' }, 'it hung and was killed'],
  [{ SERVICE_RESULT: 'oom-kill', EXIT_CODE: 'killed', EXIT_STATUS: 'KILL' }, 'it was killed for lack of memory'],
  [{ SERVICE_RESULT: 'timeout', EXIT_CODE: 'killed', EXIT_STATUS: 'KILL' }, 'it did not start or stop in time'],
  [{ SERVICE_RESULT: 'protocol' }, 'it ended before it was ready'],
  [{ SERVICE_RESULT: 'resources' }, 'it ended without a word'],
  [{}, 'it ended without a word'],
];

test('what systemd says of an end is put into words', () => {
  deepStrictEqual(
    ends.map(([end]) => badEnd(end)),
    ends.map(([, words]) => words),
  );
});
