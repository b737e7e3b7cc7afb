// In which order is a fleet made on AWS?
import { getCallerIdentityOutput, getPartitionOutput, Provider } from '@pulumi/aws';
import { interpolate, type Output, output } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import { makeBudgets } from './budget.ts';
import { makeControlPlane } from './control-plane.ts';
import { makeGroup } from './group.ts';
import { makeKey, makeSecret } from './keys.ts';
import { makeNetwork } from './network.ts';
import type { Place } from './place.ts';

export type AwsOutputs = {
  /** Of the orchestrator, as the machines reach it. */
  readonly url: Output<string>;
  /** By pool: the name of its autoscaling group. */
  readonly groups: Readonly<Record<string, Output<string>>>;
  /** What a person does now, a line each. */
  readonly next: Output<readonly string[]>;
};

/** Everything is made in the region of the fleet, whatever the environment says, and carries the cluster's tag. */
export async function awsProgram(inputs: CloudInputs): Promise<AwsOutputs> {
  const { fleet } = inputs;
  const tags = { 'muster-cluster': fleet.cluster };
  const provider = new Provider('aws', { region: fleet.region, defaultTags: { tags } });
  const options = { provider };
  const place: Place = {
    cluster: fleet.cluster,
    region: fleet.region,
    account: getCallerIdentityOutput({}, options).accountId,
    partition: getPartitionOutput({}, options).partition,
    tags,
    options,
  };
  const key = makeKey(place);
  const network = await makeNetwork(place, key, fleet);
  const control = makeControlPlane(place, key, network, inputs);
  const url = control?.url ?? output(fleet.reach.url ?? '');
  const groups = fleet.groups.map((group) => {
    const secret = makeSecret(place, key, `${group.pool}-token`, inputs.classTokens[group.pool] ?? '');
    return [group.pool, makeGroup(place, { key, network, inputs, group, secret, url }).name] as const;
  });
  makeBudgets(place, fleet);
  const here = control === null ? [] : [control.door];
  return {
    url,
    groups: Object.fromEntries(groups),
    next: output([...here, interpolate`the workers call ${url}`]),
  };
}
