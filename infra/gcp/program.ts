// In which order is a fleet made on Google Cloud?
import { Provider } from '@pulumi/gcp';
import { type Output, output } from '@pulumi/pulumi';
import { billLine } from '../bill.ts';
import type { CloudInputs } from '../inputs.ts';
import { nextLines } from '../next.ts';
import { makeBudgets } from './budget.ts';
import { makeControlPlane } from './control-plane.ts';
import { makeGroups } from './group.ts';
import { makeAccount, makeSecret } from './identity.ts';
import { makeNetwork } from './network.ts';
import type { Place } from './place.ts';
import { switchOn } from './services.ts';

export type GcpOutputs = {
  /** Of the orchestrator, as the machines reach it. */
  readonly url: string;
  /** By pool: the names of its groups; where spot and on demand mix, there are two. */
  readonly groups: Readonly<Record<string, Output<readonly string[]>>>;
  readonly bill: string;
  /** What a person does now, a line each. */
  readonly next: Output<readonly string[]>;
};

/** Everything is made in the project and region of the fleet, and carries the cluster's label. */
export function gcpProgram(inputs: CloudInputs): GcpOutputs {
  const { fleet } = inputs;
  const { cluster, region } = fleet;
  const project = fleet.project ?? '';
  const labels = { 'muster-cluster': cluster };
  // Budgets belong to no project: Google must be told who asks.
  const asks = { userProjectOverride: true, billingProject: project };
  const provider = new Provider('gcp', { project, region, defaultLabels: labels, ...asks });
  const bare: Place = { cluster, project, region, labels, options: { provider, dependsOn: [] } };
  const place: Place = { ...bare, options: { provider, dependsOn: [...switchOn(bare, fleet)] } };
  const accounts = fleet.groups.map(({ pool }) => makeAccount(place, pool, `Muster workers of ${pool}`));
  const network = makeNetwork(place, fleet, accounts);
  const door = makeControlPlane(place, network, inputs, accounts);
  const groups = fleet.groups.map((group, index) => {
    const { pool, tokenSecret } = group;
    const account = accounts[index];
    if (account === undefined) throw new Error(`pool ${pool} has no account`);
    const value = inputs.classTokens[pool] ?? '';
    const { ready } = makeSecret(place, { as: `${pool}-token`, id: tokenSecret.replace(/.*\//, ''), value }, account);
    return [pool, makeGroups(place, { account, network, inputs, group, ready })] as const;
  });
  makeBudgets(place, fleet);
  return {
    url: fleet.url,
    groups: Object.fromEntries(groups.map(([pool, made]) => [pool, output(made.map(({ name }) => name))])),
    bill: billLine(fleet),
    next: output(door).apply((how) => nextLines(fleet, how)),
  };
}
