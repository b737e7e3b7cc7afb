// Does everything that is made on AWS keep the rules, for every way in which a pool can be written?
import { deepStrictEqual, ok } from 'node:assert';
import { test } from 'node:test';
import type { CloudInputs } from '../../infra/inputs.ts';
import { awsRules } from '../../infra/policy/rules-aws.ts';
import { cloudSpecs } from '../support/cloud-specs.ts';
import { recordCloud } from '../support/recorded-cloud.ts';

const cloud = await recordCloud();
const { awsProgram } = await import('../../infra/aws/program.ts');
const { retentionOf } = await import('../../infra/aws/logs.ts');

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

const tlsOnly = { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

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
  ['aws-4-5-7-group', group, { warmPool: { minSize: 1 } }],
  ['aws-4-5-7-group', group, { mixedInstancesPolicy: undefined }],
  ['aws-4-5-7-group', group, { mixedInstancesPolicy: undefined, launchTemplate: { id: 'lt-1', version: '$Latest' } }],
  ['aws-3-rights', 'aws:iam/rolePolicy:RolePolicy', right('s3:GetObject', '*')],
  ['aws-3-rights', 'aws:iam/rolePolicy:RolePolicy', right('s3:*', 'arn:aws:s3:::files/*')],
  ['aws-6-bucket-closed', 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', { blockPublicPolicy: false }],
  ['aws-6-bucket-tls', 'aws:s3/bucketPolicy:BucketPolicy', right('s3:GetObject', 'arn:aws:s3:::files/*')],
  [
    'aws-6-bucket-tls',
    'aws:s3/bucketPolicy:BucketPolicy',
    { policy: JSON.stringify({ Statement: [tlsOnly, { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }] }) },
  ],
  [
    'aws-6-bucket-key',
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
  ],
  [
    'aws-6-key',
    'aws:kms/key:Key',
    { policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt' }] }) },
  ],
  ['aws-6-tags', group, { tags: [] }],
  [
    'aws-6-copies',
    'aws:dlm/lifecyclePolicy:LifecyclePolicy',
    { policyDetails: { targetTags: { 'muster-state': 'lab', 'muster-cluster': 'lab' } } },
  ],
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

const propsOf = (name: string, type: string) =>
  (made.get(name) ?? []).filter((each) => each.type === type).map(({ props }) => props as Record<string, unknown>);

test('a pool with stopped machines has one type in its template, and no policy of several types', () => {
  const warm = [...specs].filter(([, { fleet }]) => fleet.groups.some((each) => each.warm > 0)).map(([name]) => name);
  ok(warm.length > 0);
  for (const name of warm) {
    const props = propsOf(name, group).find(({ warmPool }) => warmPool !== undefined);
    deepStrictEqual(
      [props?.mixedInstancesPolicy, props?.launchTemplate !== undefined, props?.warmPool],
      [undefined, true, { poolState: 'Stopped', minSize: 1, maxGroupPreparedCapacity: 1 }],
    );
    ok(propsOf(name, template).some(({ instanceType }) => instanceType === 't3.medium'));
  }
});

test('the volume of the state lies in the zone of the subnet, whatever becomes of the machine', () => {
  const zones = [...specs.keys()].flatMap((name) => propsOf(name, 'aws:ebs/volume:Volume'));
  ok(zones.length > 0);
  deepStrictEqual([...new Set(zones.map(({ availabilityZone }) => availabilityZone))].sort(), ['eu-west-1a']);
});

test('the volume of the state stays in its zone when pools move to another', async () => {
  const isOwn = ({ fleet }: CloudInputs) => fleet.controlPlane !== null && fleet.network.kind === 'new';
  const inputs = [...specs.values()].find(isOwn);
  ok(inputs !== undefined);
  const groups = inputs.fleet.groups.map((each) => ({ ...each, zones: ['eu-west-1c'] }));
  await awsProgram({ ...inputs, fleet: { ...inputs.fleet, groups } });
  const resources = await cloud.settled();
  const volume = resources.find(({ type }) => type === 'aws:ebs/volume:Volume');
  deepStrictEqual(volume?.props.availabilityZone, 'eu-west-1a');
  const subnets = resources.filter(({ type }) => type === group).flatMap(({ props }) => props.vpcZoneIdentifiers);
  deepStrictEqual([...new Set(subnets)], ['<<aws:ec2/subnet:Subnet|private-eu-west-1c|id>>']);
});

test('the log of the network is called as no pool can be', () => {
  const own = [...made.values()].flatMap((resources) =>
    resources.filter(({ type }) => type === 'aws:cloudwatch/logGroup:LogGroup').map(({ name }) => name),
  );
  deepStrictEqual([...new Set(own)].sort(), ['b-2', 'network.flows', 'p']);
});

test('groups may start machines with encrypted disks: roles that are made by AWS use the key through EC2', () => {
  const [props] = propsOf('options-1', 'aws:kms/key:Key');
  const { Statement } = JSON.parse(String(props?.policy)) as { Statement: Record<string, unknown>[] };
  deepStrictEqual(
    Statement.flatMap(({ Action, Condition }) => ([Action].flat().includes('kms:CreateGrant') ? [Condition] : [])),
    [{ StringEquals: { 'kms:CallerAccount': '123456789012', 'kms:ViaService': 'ec2.eu-west-1.amazonaws.com' } }],
  );
});

test('a pool lies in its zones, or nowhere', () => {
  const zones = propsOf('options-1', group).map(({ vpcZoneIdentifiers }) => vpcZoneIdentifiers as string[]);
  ok(zones.every((subnets) => subnets.length > 0));
  const named = [...specs].flatMap(([name, { fleet }]) =>
    fleet.network.kind === 'new' && fleet.groups.some((each) => each.zones.length > 0) ? [name] : [],
  );
  const [first = ''] = named;
  const subnets = propsOf(first, group).find(({ name }) => name === 'lab-p')?.vpcZoneIdentifiers;
  deepStrictEqual(
    subnets,
    ['a', 'b'].map((zone) => `<<aws:ec2/subnet:Subnet|private-eu-west-1${zone}|id>>`),
  );
});

test('logs are kept for a number of days that CloudWatch knows', () => {
  deepStrictEqual([1, 2, 31, 365, 366, 3653].map(retentionOf), [1, 3, 60, 365, 400, 3653]);
});

test('the role of the control plane reads its own objects and its own secret', () => {
  const [policy] = [...specs.keys()].flatMap((name) =>
    (made.get(name) ?? []).filter(
      (each) => each.type === 'aws:iam/rolePolicy:RolePolicy' && each.name === 'orchestrator',
    ),
  );
  const { Statement } = JSON.parse(String(policy?.props.policy)) as {
    Statement: { Action: unknown; Resource: unknown }[];
  };
  const mark = '<<aws:s3/bucket:Bucket|files|arn>>';
  deepStrictEqual(
    Statement.filter(({ Action }) => /^(?:s3|secretsmanager):/.test(String(Action))).map((each) => each.Resource),
    [
      '<<aws:secretsmanager/secret:Secret|control-plane|arn>>',
      [`${mark}/0a1b-package.json`, `${mark}/0a1b-tsconfig.json`],
    ],
  );
});
