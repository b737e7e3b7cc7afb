// Do the engine's events become what was planned, done and refused, once for each resource?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { cloudStory, type EngineEvent } from '../../../stacks/index.ts';
import { nounOf } from '../../../stacks/plans/cloud-words.ts';

const urn = (type: string, name: string): string => `urn:pulumi:home::muster-aws::${type}::${name}`;

function step(op: string, type: string, name: string, diffs: readonly string[] = []): EngineEvent {
  return { resOutputsEvent: { metadata: { op, type, urn: urn(type, name), diffs } } };
}

const template = 'aws:ec2/launchTemplate:LaunchTemplate';

test('what is made, changed, deleted and made anew is told once, without the bookkeeping of the engine', () => {
  const { changes, unchanged } = cloudStory([
    step('create', 'pulumi:pulumi:Stack', 'muster-aws-home'),
    step('create', 'pulumi:providers:aws', 'aws'),
    step('create', 'aws:ec2/vpc:Vpc', 'network'),
    step('update', 'aws:autoscaling/group:Group', 'gpu', ['minSize', 'maxSize']),
    step('create-replacement', template, 'gpu', ['userData']),
    step('replace', template, 'gpu', ['userData']),
    step('delete-replaced', template, 'gpu'),
    step('delete', 'aws:kms/key:Key', 'key'),
    step('same', 'aws:ec2/subnet:Subnet', 'a'),
    { resourcePreEvent: { metadata: { op: 'create', type: 'aws:ec2/eip:Eip', urn: urn('aws:ec2/eip:Eip', 'nat') } } },
  ]);
  deepStrictEqual(
    changes.map(({ act, keys, name, noun }) => [act, name, noun, keys.join()]),
    [
      ['create', 'network', 'vpc', ''],
      ['update', 'gpu', 'autoscaling group', 'maxSize,minSize'],
      ['replace', 'gpu', 'launch template', 'userData'],
      ['delete', 'key', 'kms key', ''],
    ],
  );
  deepStrictEqual(unchanged, 1);
});

test('the words of the cloud stay; what the engine says of every failure goes', () => {
  const group = urn('aws:autoscaling/group:Group', 'gpu');
  const said = (message: string, severity = 'error', at?: string): EngineEvent => ({
    diagnosticEvent: { message, severity, ...(at === undefined ? {} : { urn: at }) },
  });
  const { troubles, warnings } = cloudStory([
    said('<{%fg 1%}>creating group: AccessDenied<{%reset%}>\n', 'error', group),
    said('creating group: AccessDenied', 'error', group),
    said('update failed'),
    said('failed to run remediation: context canceled', 'error', group),
    said('RegisterResource RPC prepared', 'debug'),
    said('resource "token" is deprecated', 'warning'),
  ]);
  deepStrictEqual(troubles, [{ name: 'gpu', noun: 'autoscaling group', words: 'creating group: AccessDenied' }]);
  deepStrictEqual(warnings, [{ name: '', noun: '', words: 'resource "token" is deprecated' }]);
});

test('a broken rule is told with its resource, an advice is not', () => {
  const policyEvent = {
    resourceUrn: urn(template, 'gpu'),
    message: 'Metadata by session tokens, one hop.\nmetadataOptions.httpTokens must be "required" (IMDSv2)',
    policyName: 'aws-1-metadata',
    enforcementLevel: 'mandatory',
  };
  const { violations } = cloudStory([
    { policyEvent },
    { policyEvent: { ...policyEvent, enforcementLevel: 'advisory' } },
  ]);
  const words = 'metadataOptions.httpTokens must be "required" (IMDSv2)';
  deepStrictEqual(violations, [{ name: 'gpu', noun: 'launch template', rule: 'aws-1-metadata', words }]);
});

test('types read as nouns', () => {
  const nouns = {
    'aws:ec2/vpc:Vpc': 'vpc',
    'aws:autoscaling/group:Group': 'autoscaling group',
    'aws:iam/role:Role': 'iam role',
    'aws:iam/rolePolicy:RolePolicy': 'role policy',
    'aws:kms/key:Key': 'kms key',
    'aws:s3/bucketObjectv2:BucketObjectv2': 'bucket object',
    'aws:secretsmanager/secret:Secret': 'secret',
    'aws:lb/loadBalancer:LoadBalancer': 'load balancer',
    'gcp:projects/iAMMember:IAMMember': 'iam member',
    'gcp:serviceaccount/account:Account': 'service account',
    'gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager': 'region instance group manager',
  };
  deepStrictEqual(Object.fromEntries(Object.keys(nouns).map((type) => [type, nounOf(type)])), nouns);
});
