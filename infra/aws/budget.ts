// Who is told when a pool costs more than it may?
import { budgets } from '@pulumi/aws';
import type { Fleet } from '../types.ts';
import type { Place } from './place.ts';

const percents = [80, 100] as const;

/** Counts by the tag of the pool, which has to be switched on once as a cost allocation tag. */
export function makeBudgets({ options, cluster }: Place, fleet: Fleet): void {
  for (const { budget, pool, name } of fleet.groups) {
    if (budget.month === null) continue;
    const notifications = percents.map((threshold) => ({
      ...{ comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE', notificationType: 'ACTUAL' },
      subscriberEmailAddresses: fleet.alertsTo === null ? [] : [fleet.alertsTo],
    }));
    new budgets.Budget(
      `${pool}-month`,
      {
        name: name.slice(0, 100),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        limitAmount: String(budget.month),
        limitUnit: 'USD',
        costFilters: [{ name: 'TagKeyValue', values: [`user:muster-pool$${pool}`] }],
        notifications: fleet.alertsTo === null ? [] : notifications,
        tags: { 'muster-cluster': cluster, 'muster-pool': pool },
      },
      options,
    );
  }
}
