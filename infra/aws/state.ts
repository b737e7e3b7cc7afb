// Where does the orchestrator keep what it knows? On a volume that outlives its machine, with a copy of each night.
import { dlm, ebs, iam, type kms } from '@pulumi/aws';
import { interpolate } from '@pulumi/pulumi';
import { stateGiB } from '../prices.ts';
import { trust } from './network.ts';
import type { Place } from './place.ts';

const stateTag = 'muster-state';

/** Kept for a week. */
function makeBackups({ options, cluster, partition }: Place): void {
  const role = new iam.Role('backups', { assumeRolePolicy: trust('dlm.amazonaws.com') }, options);
  const policyArn = interpolate`arn:${partition}:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole`;
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
        // One tag that only this volume has: a policy copies whatever has any of its tags, so that the cluster's own would
        // copy the disks of all workers; and no two policies of an account may name the same one.
        targetTags: { [stateTag]: cluster },
        schedules: [schedule],
      },
    },
    options,
  );
}

/**
 * The zone is that of the subnet: a machine that is not there yet does not know its own. Where that becomes another one,
 * the volume stays, and cannot be attached: who would make it anew would lose what it holds.
 */
export function makeState(place: Place, key: kms.Key, zone: string): ebs.Volume {
  const { options, cluster, tags } = place;
  makeBackups(place);
  return new ebs.Volume(
    'state',
    {
      availabilityZone: zone,
      ...{ size: stateGiB, type: 'gp3', encrypted: true, kmsKeyId: key.arn },
      tags: { ...tags, Name: `${cluster}-state`, [stateTag]: cluster },
    },
    { ...options, ignoreChanges: ['availabilityZone'] },
  );
}
