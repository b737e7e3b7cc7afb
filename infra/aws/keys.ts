// How are secrets kept on AWS? In Secrets Manager, under a key of the cluster's own.
import { kms, secretsmanager } from '@pulumi/aws';
import { secret as hidden, interpolate, jsonStringify } from '@pulumi/pulumi';
import type { Place } from './place.ts';

const uses = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

/**
 * The account rules the key; logs of this region, disks and the log of the load balancer may use it. Disks by EC2 for
 * whom it may act, as the key that AWS itself keeps for them says: the roles by which groups start machines have no
 * rights on keys of their own, and may not be there yet, so that they cannot be named.
 */
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
        Action: uses,
        Resource: '*',
        Condition: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': interpolate`arn:${partition}:logs:${region}:${account}:*` },
        },
      },
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [...uses, 'kms:CreateGrant'],
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `ec2.${region}.amazonaws.com` },
        },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: uses,
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
    ],
  });
  const args = { description: `Muster cluster ${cluster}`, enableKeyRotation: true, deletionWindowInDays: 30, policy };
  return new kms.Key('key', args, options);
}

/** Kept under that very name; what it holds lies with the user too, so that nothing has to wait when it is deleted. */
export function makeSecret(
  { options }: Place,
  key: kms.Key,
  { as, name, value }: { readonly as: string; readonly name: string; readonly value: string },
): { readonly secret: secretsmanager.Secret; readonly version: secretsmanager.SecretVersion } {
  const secret = new secretsmanager.Secret(as, { name, kmsKeyId: key.arn, recoveryWindowInDays: 0 }, options);
  const version = new secretsmanager.SecretVersion(as, { secretId: secret.id, secretString: hidden(value) }, options);
  return { secret, version };
}
