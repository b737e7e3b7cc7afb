// What differs, and does the cloud change it in place or make a new one?
import { isMap, type Values } from './type-check.ts';

/**
 * Inputs that cannot be changed. No package says which: written from the providers' documentation for the types that
 * the programs make, and the weakest part of this stand-in. `*`: all of them.
 */
const fixed: Readonly<Record<string, readonly string[]>> = {
  'aws:ec2/instance:Instance': ['ami', 'subnetId', 'availabilityZone', 'userDataBase64'],
  'aws:ec2/securityGroup:SecurityGroup': ['name', 'namePrefix', 'description', 'vpcId'],
  'aws:ec2/subnet:Subnet': ['vpcId', 'cidrBlock', 'availabilityZone'],
  'aws:ec2/vpc:Vpc': ['cidrBlock'],
  'aws:ebs/volume:Volume': ['availabilityZone', 'encrypted', 'kmsKeyId'],
  'aws:iam/rolePolicy:RolePolicy': ['name', 'namePrefix', 'role'],
  'aws:lb/loadBalancer:LoadBalancer': ['name', 'internal', 'loadBalancerType'],
  'aws:lb/targetGroup:TargetGroup': ['name', 'port', 'protocol', 'vpcId', 'targetType'],
  'aws:ec2/volumeAttachment:VolumeAttachment': ['deviceName', 'instanceId', 'volumeId'],
  'aws:lb/targetGroupAttachment:TargetGroupAttachment': ['targetGroupArn', 'targetId', 'port'],
  'aws:s3/bucketObjectv2:BucketObjectv2': ['bucket', 'key'],
  'gcp:compute/instance:Instance': ['name', 'project', 'zone', 'bootDisk', 'metadataStartupScript'],
  'gcp:storage/bucketObject:BucketObject': ['bucket', 'name', 'source'],
  'gcp:compute/instanceTemplate:InstanceTemplate': ['*'],
  'gcp:compute/disk:Disk': ['name', 'project', 'zone', 'type'],
  'gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager': [
    'name',
    'project',
    'region',
    'baseInstanceName',
  ],
};
const usually = ['name', 'namePrefix', 'project', 'region', 'secretId', 'accountId', 'roleId'];

export type Difference = {
  readonly path: string;
  readonly kind: 'add' | 'delete' | 'update';
  readonly replaces: boolean;
};

/** Paths where two values differ, as the engine writes them. */
function differing(a: unknown, b: unknown, path: string): readonly (readonly [string, Difference['kind']])[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (a === undefined) return [[path, 'add']];
  if (b === undefined) return [[path, 'delete']];
  const bothLists = Array.isArray(a) && Array.isArray(b);
  if (!bothLists && !(isMap(a) && isMap(b))) return [[path, 'update']];
  const [left, right] = [a as Values, b as Values];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differing(left[key], right[key], bothLists ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
  );
}

export function differences(
  token: string,
  before: Values,
  after: Values,
  ignored: readonly string[],
): readonly Difference[] {
  const immovable = fixed[token] ?? usually;
  return differing(before, after, '').flatMap(([path, kind]) => {
    const [top = ''] = path.split(/[.[]/);
    if (ignored.includes(top)) return [];
    return [{ path, kind, replaces: immovable.includes(top) || immovable.includes('*') }];
  });
}
