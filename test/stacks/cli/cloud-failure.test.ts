// Does a failure say what was done, what the cloud said, and what to do now?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import type { Ran } from '../../../stacks/cli/cloud/engine-run.ts';
import { type Attempt, failureOf } from '../../../stacks/cli/cloud/failure.ts';
import type { CloudChange, CloudStory } from '../../../stacks/index.ts';

const nothing: CloudStory = { changes: [], unchanged: 0, troubles: [], violations: [], warnings: [] };
const group = { name: 'gpu', noun: 'autoscaling group' };
const vpc: CloudChange = { act: 'create', name: 'network', noun: 'vpc', type: 'aws:ec2/vpc:Vpc', keys: [] };

function told(attempt: Partial<Attempt>, ran: Partial<Ran>): readonly unknown[] | null {
  const failure = failureOf(
    { cloud: 'aws', verb: 'up', changes: true, ...attempt },
    { end: 'failed', words: '', story: nothing, seconds: 1, ...ran },
  );
  return failure && [failure.exitCode, failure.message, failure.remedy];
}

const again = 'npx --no muster cloud';

test('a run that ended well is no failure', () => {
  deepStrictEqual(told({}, { end: 'done' }), null);
});

test('missing credentials are one sentence with the command that brings them, and the words below', () => {
  const words = 'unable to validate AWS credentials.\nDetails: No valid credential sources found';
  deepStrictEqual(
    told({ verb: 'preview', changes: false }, { story: { ...nothing, troubles: [{ name: '', noun: '', words }] } }),
    [
      3,
      'aws: no credentials for AWS that hold\n  unable to validate AWS credentials.\n    Details: No valid credential sources found',
      `aws configure (or aws sso login); another profile: AWS_PROFILE=NAME; then again: ${again} preview aws`,
    ],
  );
});

test('what was done halfway is counted, and stays', () => {
  const story = { ...nothing, changes: [vpc], troubles: [{ ...group, words: 'something new' }] };
  deepStrictEqual(told({}, { story }), [
    1,
    'aws: 1 made, then this failed\n  gpu autoscaling group: something new',
    `mend it; then go on: ${again} up aws; what is done stays`,
  ]);
});

test('what is refused for want of a right before anything was done is a refusal', () => {
  const story = { ...nothing, troubles: [{ ...group, words: 'api error UnauthorizedOperation: no' }] };
  deepStrictEqual(told({}, { story })?.[0], 4);
});

test('where the engine tells no event, its last words stand, without its call', () => {
  const words =
    'code: -2\n stdout: \n stderr: Command failed with exit code 255: pulumi up\nerror: no space\n err?: Error: Command failed\n';
  deepStrictEqual(
    told({ verb: 'destroy' }, { words })?.[1],
    'aws: nothing was done, then this failed\n  error: no space',
  );
});

test('a run that was stopped says how to go on, and a lock whose it is', () => {
  deepStrictEqual(told({}, { end: 'interrupted', story: { ...nothing, changes: [vpc] } }), [
    130,
    'aws: stopped (1 made); the state is kept',
    `go on: ${again} up aws    take it away: ${again} destroy aws`,
  ]);
  deepStrictEqual(
    told(
      {},
      { end: 'locked', words: 'currently locked by 1 lock(s) … created by a@b (pid 7) at 2026-11-23T20:00:00Z' },
    ),
    [
      1,
      'aws: somebody else is at this stack: a@b (pid 7) at 2026-11-23T20:00:00Z',
      `wait for its end; if it is gone: ${again} cancel aws`,
    ],
  );
});
