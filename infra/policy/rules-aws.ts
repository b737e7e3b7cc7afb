// What must hold for everything that is made on AWS?
import { listAt, mapAt, of, type Resource, type Rule, statements, textAt, unless, type Value } from './resource.ts';
import { bucketRules } from './rules-aws-buckets.ts';
import { group } from './rules-aws-groups.ts';

const anywhere = ['0.0.0.0/0', '::/0'];

function metadata({ props }: Resource): readonly string[] {
  const options = mapAt(props.metadataOptions);
  return [
    ...unless(options.httpTokens === 'required', 'metadataOptions.httpTokens must be "required" (IMDSv2)'),
    ...unless(options.httpPutResponseHopLimit === 1, 'metadataOptions.httpPutResponseHopLimit must be 1'),
  ];
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';

function disks({ props }: Resource): readonly string[] {
  const found = [
    ...listAt(props.blockDeviceMappings).map((mapping) => mapAt(mapAt(mapping).ebs)),
    mapAt(props.rootBlockDevice),
  ];
  const used = found.filter((disk) => Object.keys(disk).length > 0);
  return [
    ...unless(used.length > 0, 'a disk must be described: what the image says is not encrypted'),
    ...used.flatMap((disk) => [
      ...unless(isTrue(disk.encrypted), 'disks must be encrypted'),
      ...unless(disk.volumeType === 'gp3', 'disks must be gp3'),
      ...unless(
        disk.deleteOnTermination === undefined || isTrue(disk.deleteOnTermination),
        'disks must go with the machine',
      ),
    ]),
  ];
}

function image({ props }: Resource): readonly string[] {
  const id = textAt(props.imageId ?? props.ami);
  return unless(/^ami-[0-9a-f]{8,17}$/.test(id), `the image must be pinned by its id, got "${id}"`);
}

function doors({ props }: Resource): readonly string[] {
  const rules: readonly Value[] = props.type === 'ingress' ? [props] : listAt(props.ingress).map(mapAt);
  return rules.flatMap((rule) => {
    const open = [...listAt(rule.cidrBlocks), ...listAt(rule.ipv6CidrBlocks)].some((range) =>
      anywhere.includes(textAt(range)),
    );
    return unless(
      !open || (rule.fromPort === 443 && rule.toPort === 443),
      'nobody comes in from everywhere, but to 443 of a load balancer',
    );
  });
}

const listed = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(textAt) : [textAt(value)]);

/** Actions that know no resource: "*" is all that can be written (service authorization reference). */
const withoutResource = /^(?:ssm:UpdateInstanceInformation|ssmmessages:\w+|autoscaling:Describe\w+|ec2:Describe\w+)$/;

function rights(resource: Resource): readonly string[] {
  return statements(resource).flatMap((statement) => {
    const actions = listed(statement.Action);
    const wide = listed(statement.Resource).includes('*') && !actions.every((action) => withoutResource.test(action));
    return [
      ...unless(
        !actions.some((action) => action === '*' || action.endsWith(':*')),
        `no right may be all of a service: ${actions.join(', ')}`,
      ),
      ...unless(!wide, `rights must name what they are on: ${actions.join(', ')}`),
      ...unless(
        !actions.includes('iam:PassRole') || !listed(statement.Resource).includes('*'),
        'iam:PassRole must name the role',
      ),
    ];
  });
}

function bounded({ props }: Resource): readonly string[] {
  const forMachines = textAt(props.assumeRolePolicy).includes('ec2.');
  return unless(!forMachines || textAt(props.permissionsBoundary) !== '', 'the role of a machine must have a boundary');
}

/** Whoever acts through a service of this account, and no service without one. */
const bounds = ['kms:CallerAccount', 'aws:SourceAccount', 'kms:EncryptionContext:aws:logs:arn'];

function key(resource: Resource): readonly string[] {
  const open = statements(resource).filter(({ Principal }) => Principal === '*' || mapAt(Principal).AWS === '*');
  const services = statements(resource).filter(({ Principal }) => mapAt(Principal).Service !== undefined);
  const bounded = (statement: Value): boolean =>
    Object.values(mapAt(statement.Condition)).some((tests) => bounds.some((name) => mapAt(tests)[name] !== undefined));
  return [...open, ...services].flatMap((one) => unless(bounded(one), 'a key must be bound to this account'));
}

const tagged = ['aws:autoscaling/group:Group', 'aws:ec2/launchTemplate:LaunchTemplate'];

function tags({ props }: Resource): readonly string[] {
  const names = Array.isArray(props.tags)
    ? props.tags.map((tag) => textAt(mapAt(tag).key))
    : Object.keys(mapAt(props.tags));
  return unless(names.includes('muster-pool'), 'who reaps and who pays go by the tag muster-pool');
}

/** Two tags would be read as one or the other: disks of workers, or those of another cluster. */
function copies({ props }: Resource): readonly string[] {
  const [first, ...others] = Object.keys(mapAt(mapAt(props.policyDetails).targetTags));
  return unless(first === 'muster-state' && others.length === 0, 'copies go by the tag muster-state alone');
}

const machines = ['aws:ec2/launchTemplate:LaunchTemplate', 'aws:ec2/instance:Instance'];

export const awsRules: readonly Rule[] = [
  { name: 'aws-1-metadata', description: 'Metadata by session tokens, one hop.', check: of(machines, metadata) },
  { name: 'aws-1-disks', description: 'Disks are encrypted gp3 and go with the machine.', check: of(machines, disks) },
  { name: 'aws-1-image', description: 'Images are pinned.', check: of(machines, image) },
  {
    name: 'aws-2-no-keys',
    description: 'Nobody signs in by SSH.',
    check: of(machines, ({ props }) => unless(props.keyName === undefined, 'no key pair: use Session Manager')),
  },
  {
    name: 'aws-2-doors',
    description: 'Nobody comes in from everywhere.',
    check: of(['aws:ec2/securityGroup:SecurityGroup', 'aws:ec2/securityGroupRule:SecurityGroupRule'], doors),
  },
  {
    name: 'aws-3-rights',
    description: 'Rights name what they are on.',
    check: of(['aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy'], rights),
  },
  { name: 'aws-3-boundary', description: 'Roles of machines are bounded.', check: of(['aws:iam/role:Role'], bounded) },
  {
    name: 'aws-4-5-7-group',
    description: 'Groups mix, drain and end by name.',
    check: of(['aws:autoscaling/group:Group'], group),
  },
  {
    name: 'aws-6-secrets',
    description: 'Secrets lie under a key of their own.',
    check: of(['aws:secretsmanager/secret:Secret', 'aws:cloudwatch/logGroup:LogGroup'], ({ props }) =>
      unless(textAt(props.kmsKeyId) !== '', 'it must be encrypted by a key of the cluster'),
    ),
  },
  { name: 'aws-6-key', description: 'The key is of this account alone.', check: of(['aws:kms/key:Key'], key) },
  ...bucketRules,
  {
    name: 'aws-6-copies',
    description: 'Only the state is copied.',
    check: of(['aws:dlm/lifecyclePolicy:LifecyclePolicy'], copies),
  },
  { name: 'aws-6-tags', description: 'What costs carries the tag of its pool.', check: of(tagged, tags) },
];
