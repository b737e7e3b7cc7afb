// Which troubles of the monitoring itself need somebody?
import type { Cluster } from '../cluster/types.ts';
import { type Alert, thresholds } from './alerts-rule.ts';

const { downForSeconds } = thresholds;

const own: readonly Alert[] = [
  {
    name: 'Watchdog',
    expr: 'vector(1)',
    forSeconds: 0,
    severity: 'none',
    summary: 'Alerts are watched.',
    description: 'It always fires: where it is not shown, Prometheus or Alertmanager does not work.',
  },
  {
    name: 'PrometheusRulesFail',
    expr: 'increase(prometheus_rule_evaluation_failures_total[5m]) > 0',
    forSeconds: downForSeconds,
    severity: 'warning',
    summary: 'Prometheus cannot evaluate a rule.',
    description: 'Alerts of the group {{ $labels.rule_group }} may not fire.',
  },
  {
    name: 'PrometheusStorageBroken',
    expr: 'increase(prometheus_tsdb_compactions_failed_total[1h]) > 0',
    forSeconds: downForSeconds,
    severity: 'warning',
    summary: 'Prometheus cannot tidy its storage.',
    description: 'Its disk is full or damaged; figures of the last hours may be lost at a restart.',
  },
];

const telling: readonly Alert[] = [
  {
    name: 'AlertmanagerDown',
    expr: 'up{job="alertmanager"} == 0',
    forSeconds: downForSeconds,
    severity: 'critical',
    summary: 'Alertmanager does not answer.',
    description: 'Nobody is told of anything; the page of Prometheus still shows what fires.',
  },
  {
    name: 'AlertsNotTold',
    expr: 'sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 0',
    forSeconds: 0,
    severity: 'warning',
    summary: 'Alerts do not reach you by {{ $labels.integration }}.',
    description: '{{ $value | humanize }} attempts to tell somebody failed in 15 minutes.',
  },
];

export function monitoringAlerts({ stack }: Cluster): readonly Alert[] {
  return stack.alertmanager === null ? own : [...own, ...telling];
}
