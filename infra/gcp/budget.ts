// Who is told when a pool costs more than it may?
import { billing, monitoring, organizations } from '@pulumi/gcp';
import { interpolate } from '@pulumi/pulumi';
import type { Fleet } from '../types.ts';
import type { Place } from './place.ts';

/** Counts by the label of the pool. Whoever administers the billing account is told, and the one that the spec names. */
export function makeBudgets({ options, project, cluster }: Place, fleet: Fleet): void {
  const limited = fleet.groups.filter(({ budget }) => budget.month !== null);
  if (limited.length === 0) return;
  const { billingAccount, number } = organizations.getProjectOutput({ projectId: project }, options);
  const labels = { email_address: fleet.alertsTo ?? '' };
  const channel =
    fleet.alertsTo === null
      ? null
      : new monitoring.NotificationChannel(
          'budget',
          { project, type: 'email', displayName: `Muster ${cluster}`, labels },
          options,
        );
  for (const { budget, name, pool } of limited) {
    new billing.Budget(
      `${pool}-month`,
      {
        billingAccount,
        displayName: name.slice(0, 60),
        // In the currency of the billing account: Google refuses any other.
        amount: { specifiedAmount: { units: String(Math.ceil(budget.month ?? 0)) } },
        budgetFilter: { projects: [interpolate`projects/${number}`], labels: { 'muster-pool': pool } },
        thresholdRules: [{ thresholdPercent: 0.8 }, { thresholdPercent: 1 }],
        ...(channel !== null && { allUpdatesRule: { monitoringNotificationChannels: [channel.id] } }),
      },
      options,
    );
  }
}
