// How does a pool become an autoscaling group? Machines of several types that end only by name.
import { autoscaling, cloudwatch, ec2, type kms, type secretsmanager, ssm, type types } from '@pulumi/aws';
import { all, type Input, type Output } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import type { Group } from '../types.ts';
import { makeWorkerRole } from './identity.ts';
import type { Network } from './network.ts';
import type { Place } from './place.ts';

/** Debian 12, from the parameters that Debian keeps: which one it was stands in the state, and a change is shown. */
export function imageOf({ options }: Place, named: string | null, architecture: 'amd64' | 'arm64'): Input<string> {
  if (named !== null) return named;
  return ssm.getParameterOutput({ name: `/aws/service/debian/release/12/latest/${architecture}` }, options).value;
}

/**
 * Only `ingress` comes in, and it is named even where it is empty: otherwise a door that somebody opened would stay. What
 * goes out is DNS and web of any port, since the orchestrator may listen on any.
 */
export function makeSecurityGroup(
  { cluster, options }: Place,
  name: string,
  vpcId: Input<string>,
  ingress: types.input.ec2.SecurityGroupIngress[] = [],
): ec2.SecurityGroup {
  return new ec2.SecurityGroup(
    name,
    {
      vpcId,
      description: `Muster ${cluster} ${name}`,
      ingress,
      egress: [
        { description: 'web', protocol: 'tcp', fromPort: 1, toPort: 65535, cidrBlocks: ['0.0.0.0/0'] },
        { description: 'DNS', protocol: 'udp', fromPort: 53, toPort: 53, cidrBlocks: ['0.0.0.0/0'] },
        { description: 'time', protocol: 'udp', fromPort: 123, toPort: 123, cidrBlocks: ['0.0.0.0/0'] },
      ],
      tags: { Name: `${cluster}-${name}` },
    },
    options,
  );
}

/** What every machine of ours is, workers and control plane alike (AWS1). */
export const hardened = {
  metadataOptions: {
    ...{ httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    instanceMetadataTags: 'enabled',
  },
  monitoring: { enabled: true },
  ebsOptimized: 'true',
  updateDefaultVersion: true,
} as const;

export const disk = (sizeGiB: number, key: kms.Key) => ({
  deviceName: '/dev/xvda',
  ebs: { volumeSize: sizeGiB, volumeType: 'gp3', encrypted: 'true', kmsKeyId: key.arn, deleteOnTermination: 'true' },
});

type Parts = {
  readonly key: kms.Key;
  readonly network: Network;
  readonly inputs: CloudInputs;
  readonly group: Group;
  readonly secret: secretsmanager.Secret;
  readonly url: Output<string>;
};

function launchTemplate(place: Place, { key, network, inputs, group, secret, url }: Parts): ec2.LaunchTemplate {
  const { options } = place;
  const { pool, tags } = group;
  const log = new cloudwatch.LogGroup(
    pool,
    { name: `/muster/${place.cluster}/${pool}`, retentionInDays: inputs.fleet.logDays, kmsKeyId: key.arn },
    options,
  );
  const profile = makeWorkerRole(place, { pool, group: group.name, key, secret, log: log.arn });
  const wall = makeSecurityGroup(place, `${pool}-worker`, network.vpcId);
  const text = all([url, secret.arn]).apply(([where, arn]) => inputs.workerData(group, { url: where, secret: arn }));
  const tagged = { ...place.tags, ...tags, Name: group.name };
  return new ec2.LaunchTemplate(
    pool,
    {
      ...hardened,
      imageId: imageOf(place, group.hostImage, 'amd64'),
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [wall.id],
      instanceInitiatedShutdownBehavior: 'terminate',
      userData: text.apply((data) => Buffer.from(data).toString('base64')),
      blockDeviceMappings: [disk(group.diskGiB, key)],
      tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags: tagged })),
      tags,
    },
    options,
  );
}

/** A hook that waits longer than a machine needs; what comes of it without an answer is the safe thing. */
const hooks = ({ bootDeadlineSeconds, drainSeconds }: Group) => [
  {
    ...{ name: 'muster-launch', lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', defaultResult: 'ABANDON' },
    heartbeatTimeout: clamp(bootDeadlineSeconds),
  },
  {
    ...{
      name: 'muster-terminate',
      lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      defaultResult: 'CONTINUE',
    },
    heartbeatTimeout: clamp(drainSeconds + 60),
  },
];

/** What a hook takes, in seconds. */
const clamp = (seconds: number): number => Math.min(7200, Math.max(30, seconds));

export function makeGroup(place: Place, parts: Parts): autoscaling.Group {
  const { group, network } = parts;
  const { machines, maxPrice, spot } = group;
  const template = launchTemplate(place, parts);
  // The number and not $Latest: otherwise a new template would refresh nothing (AWS7).
  const specification = { launchTemplateId: template.id, version: template.latestVersion.apply(String) };
  const cap = maxPrice === null || spot === null ? {} : { spotMaxPrice: String(maxPrice) };
  return new autoscaling.Group(
    group.pool,
    {
      name: group.name,
      minSize: group.min,
      maxSize: group.max,
      desiredCapacity: group.min,
      vpcZoneIdentifiers: [...network.subnets],
      capacityRebalance: spot !== null,
      protectFromScaleIn: true,
      healthCheckType: 'EC2',
      healthCheckGracePeriod: group.bootDeadlineSeconds,
      waitForCapacityTimeout: '0',
      initialLifecycleHooks: hooks(group),
      mixedInstancesPolicy: {
        instancesDistribution: {
          onDemandBaseCapacity: spot?.onDemandBase ?? 0,
          onDemandPercentageAboveBaseCapacity: 100 - (spot?.sharePercent ?? 0),
          onDemandAllocationStrategy: 'lowest-price',
          spotAllocationStrategy: 'price-capacity-optimized',
          ...cap,
        },
        launchTemplate: {
          launchTemplateSpecification: specification,
          overrides: machines.map(({ type, weight }) => ({ instanceType: type, weightedCapacity: String(weight) })),
        },
      },
      ...(group.warm > 0 && {
        warmPool: { poolState: 'Stopped', minSize: group.warm, maxGroupPreparedCapacity: group.max },
      }),
      tags: Object.entries({ ...place.tags, ...group.tags, Name: group.name }).map(([key, value]) => ({
        ...{ key, value },
        propagateAtLaunch: true,
      })),
    },
    // The orchestrator owns how many there are, from the first minute on.
    { ...place.options, ignoreChanges: ['desiredCapacity'] },
  );
}
