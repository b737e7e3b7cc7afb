// Where do machines and networks write what happened? In log groups under the key of the cluster.
import { cloudwatch, type kms } from '@pulumi/aws';
import type { Place } from './place.ts';

/** CloudWatch keeps for so many days and for no other number of them (PutRetentionPolicy). */
const kept: readonly number[] = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

export const retentionOf = (days: number): number => kept.find((each) => each >= days) ?? 3653;

export const makeLog = (
  { options }: Place,
  name: string,
  at: { readonly name: string } | { readonly namePrefix: string },
  { key, days }: { readonly key: kms.Key; readonly days: number },
): cloudwatch.LogGroup =>
  new cloudwatch.LogGroup(name, { ...at, retentionInDays: retentionOf(days), kmsKeyId: key.arn }, options);
