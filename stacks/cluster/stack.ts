// What was decided about the services beside orchestrator and workers? One line for each.
import type { ClusterSpec } from '../spec/types.ts';
import { daskOf } from './dask.ts';
import { switchedOn } from './decide.ts';
import { alertmanagerOf, grafanaOf, prometheusOf, visualizerOf } from './monitoring.ts';
import { ollamaOf } from './ollama.ts';
import { openWebuiOf } from './open-webui.ts';
import { proxyOf } from './proxy.ts';
import type { Host, Stack } from './types.ts';

function decided<Block extends object, Decided>(
  written: boolean | Block | undefined,
  decide: (block: Block) => Decided,
): Decided | null {
  const block = switchedOn(written);
  return block === null ? null : decide(block);
}

export function stackOf({ name, services = {} }: ClusterSpec, host: Host | null): Stack {
  return {
    dask: decided(services.dask, (block) => daskOf(block, host)),
    ollama: decided(services.ollama, ollamaOf),
    openWebui: decided(services['open-webui'], (block) => openWebuiOf(block, name)),
    proxy: decided(services.proxy, (block) => proxyOf(block, name)),
    prometheus: decided(services.prometheus, prometheusOf),
    alertmanager: decided(services.alertmanager, alertmanagerOf),
    grafana: decided(services.grafana, grafanaOf),
    visualizer: decided(services.visualizer, visualizerOf),
  };
}
