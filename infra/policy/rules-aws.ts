// What must hold for everything that is made on AWS?
import { later, listAt, mapAt, of, type Resource, type Rule, textAt, unless, type Value } from './resource.ts';

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

function statements({ props }: Resource): readonly Value[] {
  const text = textAt(props.policy);
  return text === '' || text === later ? [] : listAt(mapAt(JSON.parse(text)).Statement).map(mapAt);
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

function group({ props }: Resource): readonly string[] {
  const mix = mapAt(props.mixedInstancesPolicy);
  const distribution = mapAt(mix.instancesDistribution);
  const version = textAt(mapAt(mapAt(mix.launchTemplate).launchTemplateSpecification).version);
  const hooks = listAt(props.initialLifecycleHooks).map(mapAt);
  const has = (transition: string): boolean =>
    hooks.some(
      (hook) => textAt(hook.lifecycleTransition).endsWith(transition) && typeof hook.heartbeatTimeout === 'number',
    );
  const spot = Number(distribution.onDemandPercentageAboveBaseCapacity) < 100;
  return [
    ...unless(
      distribution.spotAllocationStrategy === 'price-capacity-optimized',
      'spot must be price-capacity-optimized',
    ),
    ...unless(!spot || props.capacityRebalance === true, 'a group with spot must have capacityRebalance'),
    ...unless(has('LAUNCHING') && has('TERMINATING'), 'hooks with a time limit must wait at launch and at the end'),
    ...unless(typeof props.maxSize === 'number' && props.maxSize <= 1000, 'a group must have a maximum'),
    ...unless(props.protectFromScaleIn === true, 'machines must end by name: protectFromScaleIn'),
    ...unless(!version.startsWith('$'), `the version of the template must be a number, got ${version}`),
  ];
}

const tagged = ['aws:autoscaling/group:Group', 'aws:ec2/launchTemplate:LaunchTemplate'];

function tags({ props }: Resource): readonly string[] {
  const names = Array.isArray(props.tags)
    ? props.tags.map((tag) => textAt(mapAt(tag).key))
    : Object.keys(mapAt(props.tags));
  return unless(names.includes('muster-pool'), 'who reaps and who pays go by the tag muster-pool');
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
  { name: 'aws-6-tags', description: 'What costs carries the tag of its pool.', check: of(tagged, tags) },
];
