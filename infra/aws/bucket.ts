// Where do the files of the control plane lie? In a bucket of its own that nobody else reads and that ends with the cluster.
import { type kms, s3 } from '@pulumi/aws';
import { asset, interpolate, jsonStringify, type Output } from '@pulumi/pulumi';
import type { ControlFile } from '../inputs.ts';
import type { Place } from './place.ts';

export type Files = {
  readonly bucket: s3.Bucket;
  readonly policy: s3.BucketPolicy;
  readonly objects: readonly s3.BucketObjectv2[];
  readonly arns: readonly Output<string>[];
};

/** Where the load balancer writes who called. */
export const logPrefix = 'balancer';

const days = { old: 7, unfinished: 1 };

/** Nobody without TLS; the log of the load balancer below its prefix. */
function makePolicy({ account, options }: Place, bucket: s3.Bucket): s3.BucketPolicy {
  const delivery = { Service: 'delivery.logs.amazonaws.com' };
  const own = { 'aws:SourceAccount': account };
  const policy = jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: 's3:*' },
        Resource: [bucket.arn, interpolate`${bucket.arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        ...{ Sid: 'LogWrite', Effect: 'Allow', Principal: delivery, Action: 's3:PutObject' },
        Resource: interpolate`${bucket.arn}/${logPrefix}/AWSLogs/${account}/*`,
        Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...own } },
      },
      {
        ...{ Sid: 'LogCheck', Effect: 'Allow', Principal: delivery, Action: 's3:GetBucketAcl' },
        Resource: bucket.arn,
        Condition: { StringEquals: own },
      },
    ],
  });
  return new s3.BucketPolicy('files', { bucket: bucket.id, policy }, options);
}

function close({ options }: Place, bucket: s3.Bucket, key: kms.Key, logDays: number): void {
  const name = { bucket: bucket.id };
  const nobody = {
    ...{ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true },
    restrictPublicBuckets: true,
  };
  new s3.BucketPublicAccessBlock('files', { ...name, ...nobody }, options);
  new s3.BucketOwnershipControls('files', { ...name, rule: { objectOwnership: 'BucketOwnerEnforced' } }, options);
  const encrypted = { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn };
  const rules = [{ applyServerSideEncryptionByDefault: encrypted, bucketKeyEnabled: true }];
  new s3.BucketServerSideEncryptionConfiguration('files', { ...name, rules }, options);
  new s3.BucketVersioning('files', { ...name, versioningConfiguration: { status: 'Enabled' } }, options);
  new s3.BucketNotification('files', { ...name, eventbridge: true }, options);
  new s3.BucketLifecycleConfiguration(
    'files',
    {
      ...name,
      rules: [
        {
          ...{ id: 'old', status: 'Enabled', filter: { prefix: '' } },
          noncurrentVersionExpiration: { noncurrentDays: days.old },
          abortIncompleteMultipartUpload: { daysAfterInitiation: days.unfinished },
        },
        {
          ...{ id: 'logs', status: 'Enabled', filter: { prefix: `${logPrefix}/` } },
          expiration: { days: logDays },
          abortIncompleteMultipartUpload: { daysAfterInitiation: days.unfinished },
        },
      ],
    },
    options,
  );
}

export function makeFiles(place: Place, key: kms.Key, files: readonly ControlFile[], logDays: number): Files {
  const { cluster, options } = place;
  // Names of buckets are those of the whole world, at most 63 long with what AWS adds.
  const bucketPrefix = `${cluster.slice(0, 24)}-muster-`;
  const bucket = new s3.Bucket('files', { bucketPrefix, forceDestroy: true }, options);
  close(place, bucket, key, logDays);
  const policy = makePolicy(place, bucket);
  const objects = files.map(({ name, path }) => {
    const source = new asset.FileAsset(path);
    const encrypted = { serverSideEncryption: 'aws:kms', kmsKeyId: key.arn };
    return new s3.BucketObjectv2(name, { bucket: bucket.id, key: name, source, ...encrypted }, options);
  });
  return { bucket, policy, objects, arns: files.map(({ name }) => interpolate`${bucket.arn}/${name}`) };
}
