// What was decided about Prometheus, Alertmanager, Grafana and the visualizer?
import {
  alertmanagerDefaults,
  grafanaDefaults,
  prometheusDefaults,
  visualizerDefaults,
} from '../spec/defaults-services.ts';
import type { AlertmanagerSpec, GrafanaSpec, PrometheusSpec, VisualizerSpec } from '../spec/types.ts';
import { memoryMiB, seconds } from './decide.ts';
import type { Alertmanager, Grafana, Prometheus, Visualizer } from './types.ts';

export function prometheusOf(block: PrometheusSpec): Prometheus {
  const { cpus, image, memory, port, retention, scrapeInterval } = { ...prometheusDefaults, ...block };
  return {
    image,
    cpus,
    memoryMiB: memoryMiB(memory),
    port,
    retentionSeconds: seconds(retention),
    scrapeIntervalSeconds: seconds(scrapeInterval),
  };
}

export function alertmanagerOf(block: AlertmanagerSpec): Alertmanager {
  const { cpus, image, memory, port, webhook } = { ...alertmanagerDefaults, ...block };
  const email = block.email === undefined ? null : { ...block.email, user: block.email.user ?? null };
  return { image, cpus, memoryMiB: memoryMiB(memory), port, email, webhook };
}

export function grafanaOf(block: GrafanaSpec): Grafana {
  const { cpus, image, memory, port } = { ...grafanaDefaults, ...block };
  return { image, cpus, memoryMiB: memoryMiB(memory), port };
}

export function visualizerOf(block: VisualizerSpec): Visualizer {
  const { cpus, image, memory, port } = { ...visualizerDefaults, ...block };
  return { image, cpus, memoryMiB: memoryMiB(memory), port };
}
