// When does each alert fire, and when not? Those about models, Dask and the monitoring itself, and all together.
import { thresholds } from '../../../stacks/configs/alerts-rule.ts';
import { always, type Case, lost, rising, target } from './monitoring-case.ts';
import { jobCases } from './monitoring-cases-jobs.ts';

const { daskForSeconds, downForSeconds, modelsForSeconds, spilledBytes } = thresholds;

const dask = target('dask-scheduler', 'dask-scheduler:8787');
const scheduler = { instance: 'dask-scheduler:8787', job: 'dask-scheduler' };

export const cases: Readonly<Record<string, Case>> = {
  ...jobCases,
  OllamaDown: {
    fires: { 'muster_ollama_up{node="ollama"}': lost },
    quiet: { 'muster_ollama_up{node="ollama"}': always(0) },
    since: 2,
    forSeconds: downForSeconds,
    labels: { node: 'ollama' },
    summary: 'The Ollama node ollama does not answer.',
    description: 'Models on this node cannot be asked.',
  },
  ModelsMissing: {
    fires: { 'muster_ollama_models{node="ollama"}': always(1) },
    quiet: { 'muster_ollama_models{node="ollama"}': always(2) },
    forSeconds: modelsForSeconds,
    labels: { node: 'ollama' },
    summary: 'The Ollama node ollama lacks models.',
    description: 'It has 1, fewer than cluster.yaml asks for.',
  },
  DaskSchedulerDown: {
    fires: { [dask]: lost },
    quiet: { [dask]: always(0) },
    since: 2,
    forSeconds: downForSeconds,
    labels: scheduler,
    summary: 'The Dask scheduler does not answer.',
    description: 'No computation runs, and what was computed is lost when it starts anew.',
  },
  DaskSchedulerBlind: {
    fires: { [dask]: always(1) },
    quiet: { [dask]: always(1), 'dask_scheduler_workers{instance="dask-scheduler:8787",state="idle"}': always(3) },
    forSeconds: daskForSeconds,
    labels: scheduler,
    summary: 'The Dask scheduler answers without figures.',
    description: 'Its image lacks prometheus_client, so that no other alert about Dask can fire.',
  },
  DaskWorkersMissing: {
    fires: {
      'dask_scheduler_workers{state="idle"}': always(1),
      'dask_scheduler_workers{state="saturated"}': always(1),
    },
    quiet: {
      'dask_scheduler_workers{state="idle"}': always(2),
      'dask_scheduler_workers{state="saturated"}': always(1),
    },
    forSeconds: daskForSeconds,
    summary: 'Dask has fewer workers than cluster.yaml asks for.',
    description: '2 of 3 worker processes are there.',
  },
  DaskWorkersPaused: {
    fires: { 'dask_scheduler_workers{state="paused"}': always(1) },
    quiet: { 'dask_scheduler_workers{state="paused"}': always(0), 'dask_scheduler_workers{state="idle"}': always(3) },
    forSeconds: daskForSeconds,
    summary: 'Dask workers are paused, because their memory is nearly full.',
    description: '1 worker processes start no task until memory is free again.',
  },
  DaskMemorySpilled: {
    fires: { 'dask_worker_memory_bytes{class="cpu",type="spilled"}': always(spilledBytes * 2) },
    quiet: {
      'dask_worker_memory_bytes{class="cpu",type="spilled"}': always(spilledBytes),
      'dask_worker_memory_bytes{class="cpu",type="managed"}': always(spilledBytes * 2),
    },
    forSeconds: daskForSeconds,
    labels: { class: 'cpu' },
    summary: 'Dask workers of the class cpu keep much of their data on disk.',
    description: '2GiB do not fit into memory: computations are slow.',
  },
  Watchdog: {
    fires: {},
    quiet: null,
    summary: 'Alerts are watched.',
    description: 'It always fires: where it is not shown, Prometheus or Alertmanager does not work.',
  },
  PrometheusRulesFail: {
    fires: { 'prometheus_rule_evaluation_failures_total{rule_group="queue"}': rising(1) },
    quiet: { 'prometheus_rule_evaluation_failures_total{rule_group="queue"}': always(7) },
    since: 1,
    forSeconds: downForSeconds,
    labels: { rule_group: 'queue' },
    summary: 'Prometheus cannot evaluate a rule.',
    description: 'Alerts of the group queue may not fire.',
  },
  PrometheusStorageBroken: {
    fires: { prometheus_tsdb_compactions_failed_total: rising(1) },
    quiet: { prometheus_tsdb_compactions_failed_total: always(7) },
    since: 1,
    forSeconds: downForSeconds,
    summary: 'Prometheus cannot tidy its storage.',
    description: 'Its disk is full or damaged; figures of the last hours may be lost at a restart.',
  },
  AlertmanagerDown: {
    fires: { [target('alertmanager', 'alertmanager:9093')]: always(0) },
    quiet: { [target('alertmanager', 'alertmanager:9093')]: always(1), [dask]: always(0) },
    forSeconds: downForSeconds,
    labels: { job: 'alertmanager', instance: 'alertmanager:9093' },
    summary: 'Alertmanager does not answer.',
    description: 'Nobody is told of anything; the page of Prometheus still shows what fires.',
  },
  AlertsNotTold: {
    fires: { 'alertmanager_notifications_failed_total{integration="email"}': rising(1) },
    quiet: { 'alertmanager_notifications_failed_total{integration="email"}': always(7) },
    since: 20,
    labels: { integration: 'email' },
    summary: 'Alerts do not reach you by email.',
    description: '15 attempts to tell somebody failed in 15 minutes.',
  },
};
