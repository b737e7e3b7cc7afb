// Does everything that is made on AWS keep the rules, for every way in which a pool can be written?
import { deepStrictEqual, ok } from 'node:assert';
import { test } from 'node:test';
import { awsRules } from '../../infra/policy/rules-aws.ts';
import { cloudSpecs } from '../support/cloud-specs.ts';
import { recordCloud } from '../support/recorded-cloud.ts';

const cloud = await recordCloud();
const { awsProgram } = await import('../../infra/aws/program.ts');

const specs = cloudSpecs('aws');
const made = new Map<string, Awaited<ReturnType<typeof cloud.settled>>>();
for (const [name, inputs] of specs) {
  await awsProgram(inputs);
  made.set(name, await cloud.settled());
}

test('at least thirty specs are looked at, and each makes its groups', () => {
  ok(specs.size >= 30, String(specs.size));
});

test('no resource of any spec breaks a rule', () => {
  const broken = [...made].flatMap(([spec, resources]) =>
    resources.flatMap((resource) =>
      awsRules.flatMap(({ name, check }) =>
        check(resource).map((what) => `${spec} ${resource.type} ${resource.name}: ${name}: ${what}`),
      ),
    ),
  );
  deepStrictEqual(broken, []);
});

type Plant = readonly [rule: string, type: string, change: Readonly<Record<string, unknown>>];
const template = 'aws:ec2/launchTemplate:LaunchTemplate';
const group = 'aws:autoscaling/group:Group';
const right = (Action: string, Resource: string) => ({ policy: JSON.stringify({ Statement: [{ Action, Resource }] }) });
const door = { ingress: [{ fromPort: 22, toPort: 22, cidrBlocks: ['0.0.0.0/0'] }] };

/** A mistake for each rule, planted into what was made. */
const plants: readonly Plant[] = [
  ['aws-1-metadata', template, { metadataOptions: { httpTokens: 'optional', httpPutResponseHopLimit: 1 } }],
  ['aws-1-metadata', template, { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 } }],
  ['aws-1-disks', template, { blockDeviceMappings: [{ ebs: { encrypted: 'false', volumeType: 'gp3' } }] }],
  ['aws-1-disks', template, { blockDeviceMappings: [] }],
  ['aws-1-image', template, { imageId: 'resolve:ssm:/latest' }],
  ['aws-2-no-keys', template, { keyName: 'mine' }],
  ['aws-2-doors', 'aws:ec2/securityGroup:SecurityGroup', door],
  ['aws-3-rights', 'aws:iam/rolePolicy:RolePolicy', right('autoscaling:*', 'arn:x')],
  ['aws-3-rights', 'aws:iam/rolePolicy:RolePolicy', right('iam:PassRole', '*')],
  ['aws-3-boundary', 'aws:iam/role:Role', { assumeRolePolicy: '"ec2.amazonaws.com"', permissionsBoundary: undefined }],
  ['aws-4-5-7-group', group, { protectFromScaleIn: false }],
  ['aws-4-5-7-group', group, { initialLifecycleHooks: [] }],
  ['aws-4-5-7-group', group, { mixedInstancesPolicy: {} }],
  ['aws-6-secrets', 'aws:secretsmanager/secret:Secret', { kmsKeyId: undefined }],
  ['aws-6-tags', group, { tags: [] }],
];

for (const [rule, type, change] of plants) {
  test(`${rule} is broken by ${JSON.stringify(change)}`, () => {
    const resource = [...made.values()].flat().find((each) => each.type === type);
    ok(resource !== undefined, type);
    const planted = { ...resource, props: { ...resource.props, ...change } };
    deepStrictEqual(
      awsRules.filter(({ check }) => check(planted).length > 0).map(({ name }) => name),
      [rule],
    );
  });
}

test('each rule has a mistake that breaks it', () => {
  const broken = new Set(plants.map(([rule]) => rule));
  deepStrictEqual(
    awsRules.map(({ name }) => name).filter((name) => !broken.has(name)),
    [],
  );
});

test('no secret stands in anything but a secret', () => {
  const told = [...made.values()].flat().filter(({ props }) => JSON.stringify(props).includes('canary-'));
  deepStrictEqual(
    told.filter(({ type, hidden }) => !/:SecretVersion$/.test(type) || !hidden),
    [],
  );
});
