// When do alerts about the orchestrator, the queue and the workers fire, and when not?
import { thresholds } from '../../../stacks/configs/alerts-rule.ts';
import { always, type Case, lost, rising, type Series, target } from './monitoring-case.ts';

const { commitForSeconds, diskForSeconds, downForSeconds, expiryForSeconds, freeDiskBytes } = thresholds;
const { gpuCelsius, gpuForSeconds, longestWaitSeconds, misfitForSeconds } = thresholds;
const { offlineForSeconds, queueBusyForSeconds } = thresholds;

const gpu = { worker: 'plain', gpu: '0' };
const commits = (fast: number): Series => ({
  'muster_commit_seconds_bucket{le="0.1"}': rising(fast),
  'muster_commit_seconds_bucket{le="0.5"}': rising(100),
  'muster_commit_seconds_bucket{le="+Inf"}': rising(100),
});

export const jobCases: Readonly<Record<string, Case>> = {
  OrchestratorDown: {
    fires: { [target('orchestrator', 'orchestrator:8080')]: lost },
    quiet: { [target('orchestrator', 'orchestrator:8080')]: always(1) },
    since: 2,
    forSeconds: downForSeconds,
    labels: { job: 'orchestrator', instance: 'orchestrator:8080' },
    summary: 'The orchestrator does not answer.',
    description: 'Running jobs go on; no job is accepted or handed out until it is back.',
  },
  StoreNotWritable: {
    fires: { muster_store_writable: always(0) },
    quiet: { muster_store_writable: always(1) },
    forSeconds: downForSeconds,
    summary: 'The orchestrator cannot write to its disk.',
    description: 'What it decides cannot be made durable, so it accepts nothing.',
  },
  CommitsSlow: {
    fires: commits(0),
    quiet: commits(99.5),
    since: 1,
    forSeconds: commitForSeconds,
    summary: 'The disk of the orchestrator is slow.',
    description: 'One commit of a hundred takes 496ms, and every answer waits for one.',
  },
  LeaseExpiryPaused: {
    fires: { muster_expiry_paused: always(1) },
    quiet: { muster_expiry_paused: always(0) },
    forSeconds: expiryForSeconds,
    summary: 'Many workers fell silent at once, so that no lease expires.',
    description: 'Jobs of workers that are really gone stay with them until most workers are heard again.',
  },
  NoIdleWorker: {
    fires: {
      'muster_queue_jobs{class="plain"}': always(3),
      'muster_workers{class="plain",state="idle"}': always(0),
      'muster_queue_jobs{class="none"}': always(3),
      'muster_workers{class="other",state="idle"}': always(0),
      'muster_queue_jobs{class="other"}': always(0),
    },
    quiet: {
      'muster_queue_jobs{class="plain"}': always(3),
      'muster_workers{class="plain",state="idle"}': always(1),
    },
    forSeconds: queueBusyForSeconds,
    labels: { class: 'plain' },
    summary: 'Jobs wait for the class plain, and none of its workers is idle.',
    description: '3 jobs wait that this class could take.',
  },
  JobWaitsTooLong: {
    fires: { 'muster_queue_oldest_seconds{class="plain"}': always(longestWaitSeconds + 1) },
    quiet: {
      'muster_queue_oldest_seconds{class="plain"}': always(longestWaitSeconds),
      'muster_queue_oldest_seconds{class="none"}': always(longestWaitSeconds + 1),
    },
    labels: { class: 'plain' },
    summary: 'A job waits too long for the class plain.',
    description: 'It waits for 1h 0m 1s.',
  },
  JobFitsNoClass: {
    fires: { 'muster_queue_jobs{class="none"}': always(2) },
    quiet: { 'muster_queue_jobs{class="none"}': always(0), 'muster_queue_jobs{class="plain"}': always(2) },
    forSeconds: misfitForSeconds,
    labels: { class: 'none' },
    summary: 'Jobs wait that no class of workers can ever take.',
    description: '2 jobs ask for labels, CPUs, memory or GPUs that no worker has.',
  },
  AttemptsFail: {
    fires: { 'muster_attempts_ended_total{cause="exit"}': rising(1) },
    quiet: {
      'muster_attempts_ended_total{cause="exit"}': rising(0.6),
      'muster_attempts_ended_total{cause="succeeded"}': rising(100),
      'muster_attempts_ended_total{cause="drained"}': rising(100),
    },
    since: 20,
    labels: { cause: 'exit' },
    summary: 'Many attempts end with exit.',
    description: '15 attempts in 15 minutes.',
  },
  JobsRetried: {
    fires: { 'muster_retries_total{cause="timeout"}': rising(1) },
    quiet: { 'muster_retries_total{cause="timeout"}': rising(0.6), 'muster_retries_total{cause="drained"}': rising(9) },
    since: 20,
    labels: { cause: 'timeout' },
    summary: 'Many jobs are tried again after timeout.',
    description: '15 retries in 15 minutes: work is done twice.',
  },
  WorkerLost: {
    fires: { 'muster_attempts_ended_total{cause="worker_lost"}': rising(1) },
    quiet: {
      'muster_attempts_ended_total{cause="worker_lost"}': always(4),
      'muster_attempts_ended_total{cause="exit"}': rising(0.1),
    },
    since: 20,
    labels: { cause: 'worker_lost' },
    summary: 'A worker was lost in the middle of a job.',
    description: '10 attempts ended with worker_lost; their jobs are tried elsewhere.',
  },
  WorkerFailing: {
    fires: { 'muster_worker_failures{class="plain",worker="plain-2"}': always(3) },
    quiet: { 'muster_workers{class="plain",state="failing"}': always(0) },
    labels: { class: 'plain', worker: 'plain-2' },
    summary: 'The agent of plain-2 keeps failing.',
    description: 'It ended badly 3 times in a row; why: muster workers show plain-2',
  },
  WorkerDiskLow: {
    fires: { 'muster_worker_load_disk_free_bytes{worker="plain"}': always(freeDiskBytes - 1024 ** 3) },
    quiet: { 'muster_worker_load_disk_free_bytes{worker="plain"}': always(freeDiskBytes) },
    forSeconds: diskForSeconds,
    labels: { worker: 'plain' },
    summary: 'The disk of plain is nearly full.',
    description: '4GiB are free where its jobs run.',
  },
  GpuHot: {
    fires: { 'muster_worker_load_gpu_temperature_celsius{worker="plain",gpu="0"}': always(gpuCelsius + 1) },
    quiet: { 'muster_worker_load_gpu_temperature_celsius{worker="plain",gpu="0"}': always(gpuCelsius) },
    forSeconds: gpuForSeconds,
    labels: gpu,
    summary: 'GPU 0 of plain is hot.',
    description: 'It has 86 °C; most cards slow down soon above.',
  },
  WorkersGone: {
    fires: {
      'muster_workers{class="plain",state="offline"}': always(2),
      'muster_workers{class="plain",state="idle"}': always(0),
      'muster_workers{class="plain",state="busy"}': always(1),
    },
    quiet: {
      'muster_workers{class="plain",state="offline"}': always(2),
      'muster_workers{class="plain",state="idle"}': always(1),
      'muster_workers{class="plain",state="busy"}': always(1),
      // Not of this spec, and not started here.
      'muster_workers{class="other",state="offline"}': always(1),
      'muster_workers{class="swarm",state="offline"}': always(0),
      'muster_workers{class="swarm",state="idle"}': always(0),
    },
    forSeconds: offlineForSeconds,
    labels: { class: 'plain' },
    summary: 'Workers of the class plain are gone.',
    description: '2 are offline, and fewer are left than cluster.yaml asks for.',
  },
};
