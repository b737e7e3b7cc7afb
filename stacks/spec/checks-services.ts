// Do the services of the stack fit each other, and do their own keys?
import { daskWorkerDefaults } from './defaults-services.ts';
import { mistake, mistakenKey, warning } from './findings.ts';
import type { ClusterSpec, DaskFractionsSpec, Finding, ServicesSpec } from './types.ts';
import { parseMemoryMiB } from './units.ts';

const on = (services: ServicesSpec, name: keyof ServicesSpec): boolean =>
  services[name] !== undefined && services[name] !== false;

/** Who is of no use without whom; what may be missing and only makes it poorer is a warning. */
function needs(services: ServicesSpec): readonly Finding[] {
  const asks = [
    ['grafana', 'prometheus', 'error', 'its dashboards read from it'],
    ['alertmanager', 'prometheus', 'error', 'alerts come from it'],
    ['open-webui', 'ollama', 'warning', 'it has no models until somebody adds a connection on its page'],
  ] as const;
  return asks.flatMap(([who, whom, severity, why]) => {
    if (!on(services, who) || on(services, whom)) return [];
    const off = services[whom] === false ? 'switched off' : 'not in the spec';
    const message = `${who} expects ${whom}, which is ${off}: ${why}`;
    const remedy = `add "${whom}: {}", or remove ${who}`;
    const make = severity === 'error' ? mistake : warning;
    return [make(['services', who], message, remedy)];
  });
}

function fractions(path: readonly string[], written: DaskFractionsSpec | undefined): readonly Finding[] {
  const all = { ...daskWorkerDefaults.memoryFractions, ...written };
  const steps = (['target', 'spill', 'pause', 'terminate'] as const).filter((step) => all[step] !== false);
  return steps.slice(1).flatMap((step, before) => {
    const earlier = steps[before] as (typeof steps)[number];
    if (Number(all[step]) >= Number(all[earlier])) return [];
    const message = `expected at least ${earlier} (${all[earlier]}), got ${step} ${all[step]}`;
    return [mistake([...path, step], message, `raise ${step} or lower ${earlier}`)];
  });
}

function dask({ dask: written }: ServicesSpec): readonly Finding[] {
  const workers = typeof written === 'object' ? (written.workers ?? {}) : {};
  return Object.entries(workers).flatMap(([name, worker]) => {
    const path = ['services', 'dask', 'workers', name];
    const found = [...fractions([...path, 'memoryFractions'], worker.memoryFractions)];
    if (name === 'scheduler') {
      const message = "expected a name of its own, got that of Dask's scheduler";
      found.push(mistakenKey(path, message, 'rename the class, for example cpu'));
    }
    const [whole, each] = [parseMemoryMiB(worker.memory ?? ''), parseMemoryMiB(worker.memoryLimit ?? '')];
    const inAll = (each ?? 0) * (worker.processes ?? 1);
    if (whole !== null && each !== null && inAll >= whole) {
      const message = `expected less than ${worker.memory} for all ${worker.processes ?? 1} processes, got ${worker.memoryLimit} for each`;
      found.push(mistake([...path, 'memoryLimit'], message, 'lower memoryLimit, or raise memory'));
    }
    return found;
  });
}

function proxyTls({ proxy }: ServicesSpec): readonly Finding[] {
  const tls = typeof proxy === 'object' ? proxy.tls : undefined;
  if (typeof tls !== 'object') return [];
  const path = ['services', 'proxy', 'tls'];
  const files = [tls.certificate, tls.key].filter((file) => file !== undefined).length;
  if (tls.acme !== undefined && files > 0) {
    return [mistake(path, 'expected files or acme, got both', 'remove one of them')];
  }
  if (tls.acme === undefined && files < 2) {
    return [mistake(path, 'expected certificate and key, or acme', 'add what is missing, or write "tls: local"')];
  }
  if (tls.acme !== undefined && (typeof proxy !== 'object' || proxy.hosts === undefined)) {
    const remedy = 'add "hosts: [ai.example.org]"';
    return [mistake(path, 'expected hosts beside acme: an authority signs public names only', remedy)];
  }
  return [];
}

export function checkServices({ services = {} }: ClusterSpec): readonly Finding[] {
  return [...needs(services), ...dask(services), ...proxyTls(services)];
}
