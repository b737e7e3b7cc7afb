// Which troubles of the orchestrator need somebody?
import { type Alert, thresholds } from './alerts-rule.ts';

const { commitForSeconds, commitSeconds, downForSeconds, expiryForSeconds } = thresholds;

export const orchestratorAlerts: readonly Alert[] = [
  {
    name: 'OrchestratorDown',
    expr: 'up{job="orchestrator"} == 0',
    forSeconds: downForSeconds,
    severity: 'critical',
    summary: 'The orchestrator does not answer.',
    description: 'Running jobs go on; no job is accepted or handed out until it is back.',
  },
  {
    name: 'StoreNotWritable',
    expr: 'muster_store_writable == 0',
    forSeconds: downForSeconds,
    severity: 'critical',
    summary: 'The orchestrator cannot write to its disk.',
    description: 'What it decides cannot be made durable, so it accepts nothing.',
  },
  {
    name: 'CommitsSlow',
    expr: `histogram_quantile(0.99, sum by (le) (rate(muster_commit_seconds_bucket[5m]))) > ${commitSeconds}`,
    forSeconds: commitForSeconds,
    severity: 'warning',
    summary: 'The disk of the orchestrator is slow.',
    description: 'One commit of a hundred takes {{ $value | humanizeDuration }}, and every answer waits for one.',
  },
  {
    name: 'LeaseExpiryPaused',
    expr: 'muster_expiry_paused == 1',
    forSeconds: expiryForSeconds,
    severity: 'warning',
    summary: 'Many workers fell silent at once, so that no lease expires.',
    description: 'Jobs of workers that are really gone stay with them until most workers are heard again.',
  },
];
