// In which order is a fleet made on AWS?
import { getCallerIdentityOutput, getPartitionOutput, Provider } from '@pulumi/aws';
import { type Output, output } from '@pulumi/pulumi';
import { billLine } from '../bill.ts';
import type { CloudInputs } from '../inputs.ts';
import { nextLines } from '../next.ts';
import { makeBudgets } from './budget.ts';
import { makeControlPlane } from './control-plane.ts';
import { makeGroup } from './group.ts';
import { makeKey, makeSecret } from './keys.ts';
import { makeNetwork } from './network.ts';
import type { Place } from './place.ts';

export type AwsOutputs = {
  /** Of the orchestrator, as the machines reach it. */
  readonly url: string;
  /** By pool: the name of its autoscaling group. */
  readonly groups: Readonly<Record<string, Output<string>>>;
  readonly bill: string;
  /** What a person does now, a line each. */
  readonly next: Output<readonly string[]>;
};

/** Everything is made in the region of the fleet, whatever the environment says, and carries the cluster's tag. */
export async function awsProgram(inputs: CloudInputs): Promise<AwsOutputs> {
  const { fleet } = inputs;
  const { cluster, region } = fleet;
  const tags = { 'muster-cluster': cluster };
  const provider = new Provider('aws', { region, defaultTags: { tags } });
  const options = { provider };
  const place: Place = {
    ...{ cluster, region, tags, options },
    account: getCallerIdentityOutput({}, options).accountId,
    partition: getPartitionOutput({}, options).partition,
  };
  const key = makeKey(place);
  const network = await makeNetwork(place, key, fleet);
  const door = makeControlPlane(place, key, network, inputs);
  const groups = fleet.groups.map((group) => {
    const { pool, tokenSecret: name } = group;
    const kept = makeSecret(place, key, { as: `${pool}-token`, name, value: inputs.classTokens[pool] ?? '' });
    const parts = { key, network, inputs, group, secret: kept.secret, token: kept.version };
    return [pool, makeGroup(place, parts).name] as const;
  });
  makeBudgets(place, fleet);
  return {
    url: fleet.url,
    groups: Object.fromEntries(groups),
    bill: billLine(fleet),
    next: output(door).apply((how) => nextLines(fleet, how)),
  };
}
