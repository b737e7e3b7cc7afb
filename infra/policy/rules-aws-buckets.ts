// What must hold for a bucket on AWS? Nobody but the named reads it, and nobody without TLS.
import {
  later,
  listAt,
  mapAt,
  of,
  type Resource,
  type Rule,
  statements,
  textAt,
  unless,
  type Value,
} from './resource.ts';

function bucketPolicy(resource: Resource): readonly string[] {
  if (textAt(resource.props.policy) === later) return [];
  const all = statements(resource);
  const tls = all.some(
    ({ Condition, Effect }) =>
      Effect === 'Deny' && textAt(mapAt(mapAt(Condition).Bool)['aws:SecureTransport']) === 'false',
  );
  const isAnyone = ({ Principal }: Value): boolean => Principal === '*' || mapAt(Principal).AWS === '*';
  return [
    ...unless(tls, 'a bucket must refuse whoever comes without TLS'),
    ...unless(!all.some((one) => one.Effect === 'Allow' && isAnyone(one)), 'a bucket must be open to nobody unnamed'),
  ];
}

const closed = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const;

const notPublic = ({ props }: Resource): readonly string[] =>
  closed.flatMap((name) => unless(props[name] === true, `a bucket must not be public: ${name}`));

function byOwnKey({ props }: Resource): readonly string[] {
  const rules = listAt(props.rules).map((rule) => mapAt(mapAt(rule).applyServerSideEncryptionByDefault));
  const holds = rules.some((rule) => rule.sseAlgorithm === 'aws:kms' && textAt(rule.kmsMasterKeyId) !== '');
  return unless(holds, 'a bucket must be encrypted by a key of the cluster');
}

export const bucketRules: readonly Rule[] = [
  {
    name: 'aws-6-bucket-closed',
    description: 'Buckets are not public.',
    check: of(['aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock'], notPublic),
  },
  {
    name: 'aws-6-bucket-tls',
    description: 'Buckets are open to nobody unnamed, and to nobody without TLS.',
    check: of(['aws:s3/bucketPolicy:BucketPolicy'], bucketPolicy),
  },
  {
    name: 'aws-6-bucket-key',
    description: 'Buckets are encrypted.',
    check: of(['aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration'], byOwnKey),
  },
];
