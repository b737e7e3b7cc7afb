// Who are the machines, and what may they do? Each pool has an account of its own, with rights on its own things.
import { projects, secretmanager, serviceaccount } from '@pulumi/gcp';
import { secret as hidden, interpolate, type Output } from '@pulumi/pulumi';
import { digest } from '../digest.ts';
import type { Place } from './place.ts';

/** The id has 6 to 30 characters, so that a long name is cut and told apart by its hash. */
export function makeAccount(
  { cluster, options, project }: Place,
  name: string,
  displayName: string,
): serviceaccount.Account {
  const accountId = `m-${name.slice(0, 18).replace(/-+$/, '')}-${digest(`${cluster}/${name}`).slice(0, 8)}`;
  return new serviceaccount.Account(name, { accountId, displayName, project }, options);
}

export const memberOf = (account: serviceaccount.Account): Output<string> =>
  interpolate`serviceAccount:${account.email}`;

/** Only the account that is named reads it. */
export function makeSecret(
  { cluster, labels, options, project }: Place,
  name: string,
  value: string,
  reader: serviceaccount.Account,
): secretmanager.Secret {
  const secretId = `${cluster}-${name}`;
  const args = { secretId, project, labels, replication: { auto: {} } };
  const made = new secretmanager.Secret(name, args, options);
  new secretmanager.SecretVersion(name, { secret: made.id, secretData: hidden(value) }, options);
  new secretmanager.SecretIamMember(
    name,
    { project, secretId: made.secretId, role: 'roles/secretmanager.secretAccessor', member: memberOf(reader) },
    options,
  );
  return made;
}

/** Writes logs and figures: what every machine may. */
export function mayLog({ options, project }: Place, name: string, account: serviceaccount.Account): void {
  for (const role of ['roles/logging.logWriter', 'roles/monitoring.metricWriter']) {
    const args = { project, role, member: memberOf(account) };
    new projects.IAMMember(`${name}-${role.split('.').at(-1)}`, args, options);
  }
}

/** The rights that `permissions` name, on the groups of those names alone. */
export function mayOnGroups(
  { cluster, options, project, region }: Place,
  name: string,
  account: serviceaccount.Account,
  permissions: readonly string[],
  groups: readonly string[],
): void {
  const roleId = `muster_${digest(`${cluster}/${name}/groups`).slice(0, 12)}`;
  const title = `Muster ${cluster}: groups of ${name}`;
  const role = new projects.IAMCustomRole(
    `${name}-groups`,
    { project, roleId, title, permissions: [...permissions] },
    options,
  );
  const ours = groups.map((group) => `resource.name.endsWith("/regions/${region}/instanceGroupManagers/${group}")`);
  const expression = `resource.type != "compute.googleapis.com/InstanceGroupManager" || ${ours.join(' || ')}`;
  const condition = { title: 'own groups', expression };
  new projects.IAMMember(`${name}-groups`, { project, role: role.name, member: memberOf(account), condition }, options);
}
