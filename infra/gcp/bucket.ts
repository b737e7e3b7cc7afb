// Where do the files of the control plane lie? In a bucket of its own that nobody else reads and that ends with the cluster.
import { type serviceaccount, storage } from '@pulumi/gcp';
import { asset, type Resource } from '@pulumi/pulumi';
import { digest } from '../digest.ts';
import type { ControlFile } from '../inputs.ts';
import { memberOf } from './identity.ts';
import type { Place } from './place.ts';

const days = { old: 7, unfinished: 1 };

/** Names of buckets are those of the whole world. */
const nameOf = ({ cluster, project }: Place): string =>
  `${cluster.slice(0, 30).replace(/-+$/, '')}-muster-${digest(`${project}/${cluster}`).slice(0, 16)}`;

export function makeFiles(
  place: Place,
  files: readonly ControlFile[],
  reader: serviceaccount.Account,
): { readonly bucket: storage.Bucket; readonly ready: readonly Resource[] } {
  const { labels, options, project, region } = place;
  const bucket = new storage.Bucket(
    'files',
    {
      ...{ name: nameOf(place), project, location: region, labels, forceDestroy: true },
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      versioning: { enabled: true },
      // What is deleted is gone: it lies with the user too.
      softDeletePolicy: { retentionDurationSeconds: 0 },
      lifecycleRules: [
        { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: days.old, withState: 'ARCHIVED' } },
        { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: days.unfinished } },
      ],
    },
    options,
  );
  const member = { role: 'roles/storage.objectViewer', member: memberOf(reader) };
  const right = new storage.BucketIAMMember('files', { bucket: bucket.name, ...member }, options);
  const objects = files.map(
    ({ name, path }) =>
      new storage.BucketObject(name, { bucket: bucket.name, name, source: new asset.FileAsset(path) }, options),
  );
  return { bucket, ready: [right, ...objects] };
}
