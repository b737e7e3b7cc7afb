// Where does the orchestrator run, when the cloud runs it? One instance behind a load balancer, its state on a volume.
import { ec2, type iam, type kms } from '@pulumi/aws';
import { all, type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import { makeBalancer, makeBalancerWall, makeName } from './balancer.ts';
import { makeFiles } from './bucket.ts';
import { groupArn, makeRole, reads } from './identity.ts';
import { imageOf } from './image.ts';
import { makeSecret } from './keys.ts';
import type { Network } from './network.ts';
import type { Place } from './place.ts';
import { makeState } from './state.ts';
import { hardened } from './template.ts';
import { makeWall } from './wall.ts';

type Readable = { readonly secret: Input<string>; readonly objects: readonly Input<string>[] };

/** It may read its secret and its files, and scale the groups of this cluster, nothing else. */
function makeOrchestratorRole(
  place: Place,
  key: kms.Key,
  { fleet }: CloudInputs,
  { secret, objects }: Readable,
): iam.InstanceProfile {
  return makeRole(place, 'orchestrator', [
    ...reads(key, secret, place.region, objects),
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

/** How a person gets to it, as a command, or what there is to do; null: the orchestrator is elsewhere. */
export function makeControlPlane(
  place: Place,
  key: kms.Key,
  network: Network,
  inputs: CloudInputs,
): Output<string> | null {
  const { fleet } = inputs;
  const [subnet] = network.subnets;
  const machine = fleet.controlPlane;
  if (machine === null || subnet === undefined) return null;
  const { cluster, options, tags } = place;
  const isPublic = fleet.reach.certificate !== null;
  const name = `${cluster}/control-plane`;
  const value = JSON.stringify(inputs.controlSecrets);
  const { secret, version } = makeSecret(place, key, { as: 'control-plane', name, value });
  const files = makeFiles(place, key, inputs.controlFiles, fleet.logDays);
  const profile = makeOrchestratorRole(place, key, inputs, { secret: secret.arn, objects: files.arns });
  const gate = makeBalancerWall(place, network, isPublic);
  // By its wall: callers keep their addresses on the way through.
  const door = { description: 'the load balancer', protocol: 'tcp', fromPort: 443, toPort: 443 };
  const wall = makeWall(place, 'orchestrator', network.vpcId, [{ ...door, securityGroups: [gate.id] }]);
  const userData = all([files.bucket.id, secret.name]).apply(([bucket, named]) =>
    inputs.controlData({ bucket, secret: named }),
  );
  const image = imageOf(place, { named: null, architecture: machine.architecture, hasGpus: machine.gpu !== null });
  const volume = makeState(place, key, subnet.zone);
  const instance = new ec2.Instance(
    'orchestrator',
    {
      ami: image.id,
      instanceType: machine.type,
      subnetId: subnet.id,
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
    {
      ...options,
      // What it fetches when it boots.
      dependsOn: [version, ...files.objects, ...network.wayOut],
      // Two at once would share the volume.
      deleteBeforeReplace: true,
      // Its own updates keep it fresh: a newer image alone is no reason to stop the cluster.
      ignoreChanges: ['ami'],
    },
  );
  new ec2.VolumeAttachment(
    'state',
    { deviceName: '/dev/sdf', instanceId: instance.id, volumeId: volume.id, stopInstanceBeforeDetaching: true },
    { ...options, deleteBeforeReplace: true },
  );
  const balancer = makeBalancer(place, network, fleet, { instance, wall: gate, files });
  if (isPublic) return balancer.dnsName;
  makeName(place, network, fleet, balancer);
  const port = '--document-name AWS-StartPortForwardingSession --parameters portNumber=443,localPortNumber=8443';
  return interpolate`aws ssm start-session --region ${place.region} --target ${instance.id} ${port}`;
}
