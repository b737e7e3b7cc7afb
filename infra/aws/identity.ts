// What may a machine of a pool do? Read its own token, end itself, and write its log.
import { iam, type kms, type secretsmanager } from '@pulumi/aws';
import { type Input, interpolate, jsonStringify, type Output } from '@pulumi/pulumi';
import { trust } from './network.ts';
import type { Place } from './place.ts';

type Statement = Readonly<Record<string, unknown>>;

/** The group's ARN before the group is there: its identifier is not known yet, its name is. */
export const groupArn = ({ account, partition, region }: Place, name: string): Output<string> =>
  interpolate`arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${name}`;

/** Reads that secret alone, and those objects of a bucket. */
export const reads = (
  key: kms.Key,
  secret: Input<string>,
  region: string,
  objects: readonly Input<string>[] = [],
): readonly Statement[] => [
  { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret },
  ...(objects.length === 0 ? [] : [{ Effect: 'Allow', Action: 's3:GetObject', Resource: objects }]),
  {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: key.arn,
    Condition: {
      StringEquals: {
        'kms:ViaService': [
          `secretsmanager.${region}.amazonaws.com`,
          ...(objects.length === 0 ? [] : [`s3.${region}.amazonaws.com`]),
        ],
      },
    },
  },
];

export const writesTo = (log: Input<string>): Statement => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: interpolate`${log}:*`,
});

/** What Session Manager asks for: nobody needs SSH. These actions know no resource (service authorization reference). */
const sessions: Statement = {
  Effect: 'Allow',
  Action: [
    ...['ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel'],
    ...['ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'],
  ],
  Resource: '*',
};

/** A role for machines, with a boundary of the same text: what is attached later cannot add to it. */
export function makeRole(
  { cluster, options }: Place,
  name: string,
  statements: readonly Statement[],
): iam.InstanceProfile {
  const policy = jsonStringify({ Version: '2012-10-17', Statement: [...statements, sessions] });
  const boundary = new iam.Policy(`${name}-boundary`, { policy, description: `Bounds ${cluster} ${name}` }, options);
  const assumeRolePolicy = trust('ec2.amazonaws.com');
  const role = new iam.Role(name, { assumeRolePolicy, permissionsBoundary: boundary.arn }, options);
  const rights = new iam.RolePolicy(name, { role: role.id, policy }, options);
  // A machine that starts with the profile asks at once.
  return new iam.InstanceProfile(name, { role: role.name }, { ...options, dependsOn: rights });
}

/** One pool's machines. The rights on the group are its own group's: AWS cannot narrow them to one instance. */
export function makeWorkerRole(
  place: Place,
  at: {
    readonly pool: string;
    readonly group: string;
    readonly key: kms.Key;
    readonly secret: secretsmanager.Secret;
    readonly log: Input<string>;
  },
): iam.InstanceProfile {
  return makeRole(place, `${at.pool}-worker`, [
    ...reads(at.key, at.secret.arn, place.region),
    {
      Effect: 'Allow',
      Action: [
        ...['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
        ...['autoscaling:SetInstanceProtection', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      ],
      Resource: groupArn(place, at.group),
    },
    writesTo(at.log),
  ]);
}
