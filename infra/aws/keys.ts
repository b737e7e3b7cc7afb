// How are secrets kept on AWS? In Secrets Manager, under a key of the cluster's own.
import { kms, secretsmanager } from '@pulumi/aws';
import { secret as hidden, interpolate, jsonStringify } from '@pulumi/pulumi';
import type { Place } from './place.ts';

/** The account rules the key; logs and secrets of this region may use it. */
export function makeKey({ account, cluster, options, partition, region }: Place): kms.Key {
  const policy = jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: interpolate`arn:${partition}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': interpolate`arn:${partition}:logs:${region}:${account}:*` },
        },
      },
    ],
  });
  const args = { description: `Muster cluster ${cluster}`, enableKeyRotation: true, deletionWindowInDays: 7, policy };
  return new kms.Key('key', args, options);
}

/** The name gets a suffix, so that a cluster that was destroyed can be made again while the old one waits. */
export function makeSecret(place: Place, key: kms.Key, name: string, value: string): secretsmanager.Secret {
  const { cluster, options } = place;
  const args = { namePrefix: `${cluster}-${name}-`, kmsKeyId: key.arn, recoveryWindowInDays: 7 };
  const made = new secretsmanager.Secret(name, args, options);
  new secretsmanager.SecretVersion(name, { secretId: made.id, secretString: hidden(value) }, options);
  return made;
}
