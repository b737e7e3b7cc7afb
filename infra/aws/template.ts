// What does a machine of a pool look like? Without keys, without a way in, its disk encrypted, its rights its pool's.
import { ec2, type kms, type secretsmanager } from '@pulumi/aws';
import type { CloudInputs } from '../inputs.ts';
import type { Group } from '../types.ts';
import { makeWorkerRole } from './identity.ts';
import { imageOf } from './image.ts';
import { makeLog } from './logs.ts';
import type { Network } from './network.ts';
import type { Place } from './place.ts';
import { makeWall } from './wall.ts';

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

export type Parts = {
  readonly key: kms.Key;
  readonly network: Network;
  readonly inputs: CloudInputs;
  readonly group: Group;
  readonly secret: secretsmanager.Secret;
  /** What the secret holds: machines ask for it when they boot. */
  readonly token: secretsmanager.SecretVersion;
};

export function makeTemplate(place: Place, { key, network, inputs, group, secret }: Parts): ec2.LaunchTemplate {
  const { pool, tags } = group;
  const log = makeLog(place, pool, { name: group.log }, { key, days: inputs.fleet.logDays });
  const profile = makeWorkerRole(place, { pool, group: group.name, key, secret, log: log.arn });
  const wall = makeWall(place, `${pool}-worker`, network.vpcId);
  const [first] = group.machines;
  const { id, rootDevice } = imageOf(place, {
    named: group.hostImage,
    architecture: 'x64',
    hasGpus: first?.gpu != null,
  });
  const disk = { volumeSize: group.diskGiB, volumeType: 'gp3', encrypted: 'true', kmsKeyId: key.arn };
  const tagged = { ...place.tags, ...tags, Name: group.name };
  return new ec2.LaunchTemplate(
    pool,
    {
      ...hardened,
      imageId: id,
      // A group of several types names them itself.
      ...(group.warm > 0 && { instanceType: first?.type }),
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [wall.id],
      instanceInitiatedShutdownBehavior: 'terminate',
      userData: Buffer.from(inputs.workerData(group)).toString('base64'),
      blockDeviceMappings: [{ deviceName: rootDevice, ebs: { ...disk, deleteOnTermination: 'true' } }],
      tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags: tagged })),
      tags,
    },
    place.options,
  );
}
