// Who are the machines, and what may they do? Each pool has an account of its own, with rights on its own things.
import { projects, secretmanager, serviceaccount } from '@pulumi/gcp';
import { secret as hidden, interpolate, type Output, type Resource } from '@pulumi/pulumi';
import { digest } from '../digest.ts';
import type { Place } from './place.ts';

/** The id has 6 to 30 characters, so that a long name is cut and told apart by its hash. */
export function makeAccount(
  { cluster, options, project }: Place,
  name: string,
  displayName: string,
): serviceaccount.Account {
  const accountId = `m-${name.slice(0, 18).replace(/-+$/, '')}-${digest(`${cluster}/${name}`).slice(0, 8)}`;
  return new serviceaccount.Account(name, { accountId, displayName: displayName.slice(0, 100), project }, options);
}

export const memberOf = (account: serviceaccount.Account): Output<string> =>
  interpolate`serviceAccount:${account.email}`;

/** Only the account that is named reads it. `ready`: what must be there before it asks. */
export function makeSecret(
  { labels, options, project }: Place,
  { as, id, value }: { readonly as: string; readonly id: string; readonly value: string },
  reader: serviceaccount.Account,
): { readonly secret: secretmanager.Secret; readonly ready: readonly Resource[] } {
  const secret = new secretmanager.Secret(as, { secretId: id, project, labels, replication: { auto: {} } }, options);
  const version = new secretmanager.SecretVersion(as, { secret: secret.id, secretData: hidden(value) }, options);
  const right = { role: 'roles/secretmanager.secretAccessor', member: memberOf(reader) };
  const may = new secretmanager.SecretIamMember(as, { project, secretId: secret.secretId, ...right }, options);
  return { secret, ready: [version, may] };
}

/** Writes logs and figures: what every machine may. */
export function mayLog({ options, project }: Place, name: string, account: serviceaccount.Account): void {
  for (const role of ['roles/logging.logWriter', 'roles/monitoring.metricWriter']) {
    const args = { project, role, member: memberOf(account) };
    new projects.IAMMember(`${name}-${role.split('.').at(-1)}`, args, options);
  }
}

/** Machines end by name, and the size goes down with them, so that nobody comes in their place. */
const onGroups = ['compute.instanceGroupManagers.get', 'compute.instanceGroupManagers.update'];

/**
 * Groups have no policies of their own, and conditions do not know them (resource attributes of IAM): these rights are on
 * every group of the project. A project for each cluster is the limit that Google gives.
 */
export function mayOnGroups(
  { cluster, options, project }: Place,
  name: string,
  account: serviceaccount.Account,
  more: readonly string[] = [],
): void {
  // Of this account and no later one: Google keeps the id of a role that is deleted for 37 days.
  const roleId = interpolate`muster_${account.uniqueId}`;
  const title = `Muster ${cluster}: groups of ${name}`.slice(0, 100);
  const permissions = [...onGroups, ...more];
  const role = new projects.IAMCustomRole(`${name}-groups`, { project, roleId, title, permissions }, options);
  new projects.IAMMember(`${name}-groups`, { project, role: role.name, member: memberOf(account) }, options);
}
