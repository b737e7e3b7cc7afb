// Does every published port of the host have one owner?
import { orchestratorDefaults } from './defaults.ts';
import {
  alertmanagerDefaults,
  grafanaDefaults,
  ollamaDefaults,
  openWebuiDefaults,
  prometheusDefaults,
  proxyDefaults,
  visualizerDefaults,
} from './defaults-services.ts';
import { mistake } from './findings.ts';
import type { ClusterSpec, Finding, ServicesSpec } from './types.ts';

/** Who publishes what, with the key that says so; what has no port of its own is not in it. */
const published: Readonly<Record<keyof ServicesSpec, Readonly<Record<string, number | null>>>> = {
  dask: { port: null },
  ollama: { port: ollamaDefaults.port },
  'open-webui': { port: openWebuiDefaults.port },
  proxy: { httpPort: proxyDefaults.httpPort, httpsPort: proxyDefaults.httpsPort },
  prometheus: { port: prometheusDefaults.port },
  alertmanager: { port: alertmanagerDefaults.port },
  grafana: { port: grafanaDefaults.port },
  visualizer: { port: visualizerDefaults.port },
};

type Use = { readonly path: readonly string[]; readonly port: number };

function uses({ orchestrator, services = {} }: ClusterSpec): readonly Use[] {
  const all: Use[] = [{ path: ['orchestrator', 'port'], port: orchestrator?.port ?? orchestratorDefaults.port }];
  for (const [name, keys] of Object.entries(published)) {
    const written = services[name as keyof ServicesSpec];
    if (written === undefined || written === false) continue;
    const block = written === true ? {} : (written as Readonly<Record<string, unknown>>);
    for (const [key, fallback] of Object.entries(keys)) {
      const port = (block[key] as number | undefined) ?? fallback;
      if (port !== null) all.push({ path: ['services', name, key], port });
    }
  }
  return all;
}

export function checkPorts(spec: ClusterSpec): readonly Finding[] {
  const owners = new Map<number, readonly string[]>();
  return uses(spec).flatMap(({ path, port }) => {
    const owner = owners.get(port);
    if (owner === undefined) {
      owners.set(port, path);
      return [];
    }
    const message = `expected a port of its own, got ${port}, which ${owner.join('/')} has`;
    return [mistake(path, message, 'choose another port')];
  });
}
