// Where does the orchestrator run, when the cloud runs it? One instance behind a load balancer, its state on a volume.
import { dlm, ebs, ec2, iam, type kms, lb, route53 } from '@pulumi/aws';
import { all, interpolate, type Output } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import { hardened, imageOf, makeSecurityGroup } from './group.ts';
import { groupArn, makeRole, reads } from './identity.ts';
import { makeSecret } from './keys.ts';
import { type Network, trust } from './network.ts';
import type { Place } from './place.ts';

export type ControlPlane = {
  readonly url: Output<string>;
  /** How a person gets to it. */
  readonly door: Output<string>;
};

/** Kept for a week, a copy each night. */
function makeBackups({ options, cluster, tags }: Place): void {
  const role = new iam.Role('backups', { assumeRolePolicy: trust('dlm.amazonaws.com') }, options);
  const policyArn = 'arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole';
  new iam.RolePolicyAttachment('backups', { role: role.name, policyArn }, options);
  const schedule = {
    name: 'nightly',
    createRule: { interval: 24, intervalUnit: 'HOURS', times: '03:00' },
    retainRule: { count: 7 },
    copyTags: true,
  };
  new dlm.LifecyclePolicy(
    'backups',
    {
      description: `Volumes of ${cluster}`,
      executionRoleArn: role.arn,
      policyDetails: {
        resourceTypes: ['VOLUME'],
        targetTags: { ...tags, 'muster-volume': 'state' },
        schedules: [schedule],
      },
    },
    options,
  );
}

/** It may read its secrets and scale the groups of this cluster, nothing else. */
function makeOrchestratorRole(place: Place, key: kms.Key, { fleet }: CloudInputs, secrets: readonly Output<string>[]) {
  return makeRole(place, 'orchestrator', [
    ...reads(key, secrets, place.region),
    {
      Effect: 'Allow',
      Action: [
        ...['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
        ...['autoscaling:SetInstanceProtection', 'autoscaling:CompleteLifecycleAction'],
      ],
      Resource: fleet.groups.map(({ name }) => groupArn(place, name)),
    },
    // These know no resource (service authorization reference).
    {
      Effect: 'Allow',
      Action: [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeScalingActivities',
        'ec2:DescribeInstances',
      ],
      Resource: '*',
    },
  ]);
}

function makeBalancer(place: Place, network: Network, { fleet }: CloudInputs, instance: ec2.Instance) {
  const { cluster, options } = place;
  const { certificate } = fleet.reach;
  const isPublic = certificate !== null;
  const wall = new ec2.SecurityGroup(
    'balancer',
    {
      vpcId: network.vpcId,
      description: `Muster ${cluster} load balancer: 443 alone`,
      ingress: [
        {
          description: 'TLS',
          protocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          cidrBlocks: [isPublic ? '0.0.0.0/0' : network.cidr],
        },
      ],
      egress: [
        { description: 'orchestrator', protocol: 'tcp', fromPort: 8443, toPort: 8443, cidrBlocks: [network.cidr] },
      ],
      tags: { Name: `${cluster}-balancer` },
    },
    options,
  );
  const balancer = new lb.LoadBalancer(
    'orchestrator',
    {
      loadBalancerType: 'network',
      internal: !isPublic,
      subnets: [...(isPublic ? network.publicSubnets : network.subnets)],
      securityGroups: [wall.id],
      enableCrossZoneLoadBalancing: true,
    },
    options,
  );
  const protocol = isPublic ? 'TLS' : 'TCP';
  const targets = new lb.TargetGroup(
    'orchestrator',
    { port: 8443, protocol, vpcId: network.vpcId, targetType: 'instance', healthCheck: { protocol: 'TCP' } },
    options,
  );
  new lb.TargetGroupAttachment('orchestrator', { targetGroupArn: targets.arn, targetId: instance.id }, options);
  new lb.Listener(
    'orchestrator',
    {
      ...{ loadBalancerArn: balancer.arn, port: 443, protocol },
      ...(certificate !== null && { certificateArn: certificate, sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
      defaultActions: [{ type: 'forward', targetGroupArn: targets.arn }],
    },
    options,
  );
  return balancer;
}

/** Null: the orchestrator is elsewhere. */
export function makeControlPlane(
  place: Place,
  key: kms.Key,
  network: Network,
  inputs: CloudInputs,
): ControlPlane | null {
  const { fleet, controlSecrets } = inputs;
  const machine = fleet.controlPlane;
  if (machine === null) return null;
  const { cluster, options, tags } = place;
  const secrets = Object.entries(controlSecrets).map(
    ([path, value]) => [path, makeSecret(place, key, path.replaceAll('/', '-'), value).arn] as const,
  );
  const profile = makeOrchestratorRole(
    place,
    key,
    inputs,
    secrets.map(([, arn]) => arn),
  );
  const door = { description: 'the load balancer', protocol: 'tcp', fromPort: 8443, toPort: 8443 };
  const wall = makeSecurityGroup(place, 'orchestrator', network.vpcId, [{ ...door, cidrBlocks: [network.cidr] }]);
  const userData = all(Object.fromEntries(secrets)).apply((names) => inputs.controlData({ secrets: names }));
  const subnet = network.subnets[0] ?? '';
  const instance = new ec2.Instance(
    'orchestrator',
    {
      ami: imageOf(place, null, machine.architecture === 'arm64' ? 'arm64' : 'amd64'),
      instanceType: machine.type,
      subnetId: subnet,
      vpcSecurityGroupIds: [wall.id],
      iamInstanceProfile: profile.name,
      metadataOptions: hardened.metadataOptions,
      monitoring: true,
      ebsOptimized: true,
      rootBlockDevice: { volumeSize: 20, volumeType: 'gp3', encrypted: true, kmsKeyId: key.arn },
      userDataBase64: userData.apply((data) => Buffer.from(data).toString('base64')),
      userDataReplaceOnChange: true,
      tags: { ...tags, Name: `${cluster}-orchestrator` },
    },
    options,
  );
  const volume = new ebs.Volume(
    'state',
    {
      availabilityZone: instance.availabilityZone,
      ...{ size: 20, type: 'gp3', encrypted: true, kmsKeyId: key.arn },
      tags: { ...tags, Name: `${cluster}-state`, 'muster-volume': 'state' },
    },
    { ...options, protect: false },
  );
  new ec2.VolumeAttachment('state', { deviceName: '/dev/sdf', instanceId: instance.id, volumeId: volume.id }, options);
  makeBackups(place);
  const balancer = makeBalancer(place, network, inputs, instance);
  if (fleet.reach.certificate !== null) {
    const url = interpolate`https://${balancer.dnsName}`;
    return { url, door: interpolate`point your name at ${balancer.dnsName}; the certificate is for that name` };
  }
  const name = `orchestrator.${cluster}.muster.internal`;
  const zone = new route53.Zone(
    'names',
    { name: `${cluster}.muster.internal`, vpcs: [{ vpcId: network.vpcId }] },
    options,
  );
  const aliases = [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }];
  new route53.Record('orchestrator', { zoneId: zone.id, name, type: 'A', aliases }, options);
  const port = `--document-name AWS-StartPortForwardingSession --parameters portNumber=8443,localPortNumber=8443`;
  return {
    url: interpolate`https://${name}`,
    door: interpolate`aws ssm start-session --region ${place.region} --target ${instance.id} ${port}`,
  };
}
