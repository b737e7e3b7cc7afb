// Of which troubles does Prometheus tell somebody? The rules of a cluster, as Prometheus reads them.
import type { Cluster } from '../cluster/types.ts';
import type { YamlValue } from '../formats/yaml.ts';
import { daskAlerts } from './alerts-dask.ts';
import { modelAlerts } from './alerts-models.ts';
import { monitoringAlerts } from './alerts-monitoring.ts';
import { orchestratorAlerts } from './alerts-orchestrator.ts';
import { queueAlerts } from './alerts-queue.ts';
import type { Alert } from './alerts-rule.ts';
import { workerAlerts } from './alerts-workers.ts';

/** By component: those that need an answer of it, so that one alert can stand for all that follow from it. */
function alertsOf(cluster: Cluster): Readonly<Record<string, readonly Alert[]>> {
  return {
    orchestrator: orchestratorAlerts,
    queue: queueAlerts,
    workers: workerAlerts(cluster),
    models: modelAlerts(cluster),
    dask: daskAlerts(cluster),
    monitoring: monitoringAlerts(cluster),
  };
}

/** A path in the clone: the pages have no address of their own. */
const runbook = (name: string): string => `docs/runbooks.md#${name.toLowerCase()}`;

export function alertGroups(cluster: Cluster): readonly YamlValue[] {
  return Object.entries(alertsOf(cluster)).flatMap(([component, alerts]) => {
    const rules = alerts.map(({ name, expr, forSeconds, severity, summary, description }) => ({
      alert: name,
      expr,
      for: `${forSeconds}s`,
      labels: { severity, component },
      annotations: { summary, description, runbook_url: runbook(name) },
    }));
    return rules.length === 0 ? [] : [{ name: component, rules }];
  });
}
