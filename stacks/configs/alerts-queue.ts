// Which troubles of waiting and failing jobs need somebody?
import { type Alert, thresholds } from './alerts-rule.ts';

const { failuresWindowSeconds, longestWaitSeconds, misfitForSeconds, mostFailures, queueBusyForSeconds } = thresholds;

/** The names that stand for no class: `none` fits nowhere, `unknown` was not compared. */
const real = 'class!~"none|unknown"';

export const queueAlerts: readonly Alert[] = [
  {
    name: 'NoIdleWorker',
    expr: `muster_queue_jobs{${real}} > 0 and on (class) sum by (class) (muster_workers{state="idle"}) == 0`,
    forSeconds: queueBusyForSeconds,
    severity: 'warning',
    summary: 'Jobs wait for the class {{ $labels.class }}, and none of its workers is idle.',
    description: '{{ $value }} jobs wait that this class could take.',
  },
  {
    name: 'JobWaitsTooLong',
    expr: `muster_queue_oldest_seconds{${real}} > ${longestWaitSeconds}`,
    forSeconds: 0,
    severity: 'warning',
    summary: 'A job waits too long for the class {{ $labels.class }}.',
    description: 'It waits for {{ $value | humanizeDuration }}.',
  },
  {
    name: 'JobFitsNoClass',
    expr: 'muster_queue_jobs{class="none"} > 0',
    forSeconds: misfitForSeconds,
    severity: 'warning',
    summary: 'Jobs wait that no class of workers can ever take.',
    description: '{{ $value }} jobs ask for labels, CPUs, memory or GPUs that no worker has.',
  },
  {
    name: 'AttemptsFail',
    expr: `sum by (cause) (increase(muster_attempts_ended_total{cause!~"succeeded|cancelled|drained"}[${failuresWindowSeconds}s])) > ${mostFailures}`,
    forSeconds: 0,
    severity: 'warning',
    summary: 'Many attempts end with {{ $labels.cause }}.',
    description: `{{ $value | humanize }} attempts in ${failuresWindowSeconds / 60} minutes.`,
  },
  {
    name: 'JobsRetried',
    expr: `sum by (cause) (increase(muster_retries_total{cause!="drained"}[${failuresWindowSeconds}s])) > ${mostFailures}`,
    forSeconds: 0,
    severity: 'warning',
    summary: 'Many jobs are tried again after {{ $labels.cause }}.',
    description: `{{ $value | humanize }} retries in ${failuresWindowSeconds / 60} minutes: work is done twice.`,
  },
];
