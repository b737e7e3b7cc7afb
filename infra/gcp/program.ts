// In which order is a fleet made on Google Cloud?
import { Provider } from '@pulumi/gcp';
import { interpolate, type Output, output } from '@pulumi/pulumi';
import type { CloudInputs } from '../inputs.ts';
import { makeBudgets } from './budget.ts';
import { makeControlPlane } from './control-plane.ts';
import { makeGroups } from './group.ts';
import { makeAccount, makeSecret } from './identity.ts';
import { makeNetwork } from './network.ts';
import type { Place } from './place.ts';

export type GcpOutputs = {
  /** Of the orchestrator, as the machines reach it. */
  readonly url: Output<string>;
  /** By pool: the names of its groups; where spot and on demand mix, there are two. */
  readonly groups: Readonly<Record<string, Output<readonly string[]>>>;
  /** What a person does now, a line each. */
  readonly next: Output<readonly string[]>;
};

/** Everything is made in the project and region of the fleet, and carries the cluster's label. */
export function gcpProgram(inputs: CloudInputs): GcpOutputs {
  const { fleet } = inputs;
  const project = fleet.project ?? '';
  const labels = { 'muster-cluster': fleet.cluster };
  const provider = new Provider('gcp', { project, region: fleet.region, defaultLabels: labels });
  const place: Place = { cluster: fleet.cluster, project, region: fleet.region, labels, options: { provider } };
  const accounts = fleet.groups.map(({ pool }) => makeAccount(place, pool, `Muster workers of ${pool}`));
  const network = makeNetwork(place, fleet, accounts);
  const control = makeControlPlane(place, network, inputs);
  const url = control?.url ?? output(fleet.reach.url ?? '');
  const groups = fleet.groups.map((group, index) => {
    const account = accounts[index];
    if (account === undefined) throw new Error(`pool ${group.pool} has no account`);
    const secret = makeSecret(place, `${group.pool}-token`, inputs.classTokens[group.pool] ?? '', account);
    return [group.pool, makeGroups(place, { account, network, inputs, group, secret, url })] as const;
  });
  makeBudgets(place, fleet);
  return {
    url,
    groups: Object.fromEntries(groups.map(([pool, made]) => [pool, output(made.map(({ name }) => name))])),
    next: output([...(control === null ? [] : [control.door]), interpolate`the workers call ${url}`]),
  };
}
